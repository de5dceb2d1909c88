import type { ContractChild } from '../../src/testing/session-contract.ts';

/** Which program of test/programs is which child of the contract. */
export const contractPrograms: Readonly<Record<ContractChild, string>> = {
  echo: 'echo',
  asks: 'asks',
  'says-on-request': 'says-on-request',
  steps: 'steps',
  tells: 'floods --count=3',
  'answers-late': 'answers-late',
  'opens-late': 'opens-late',
  'never-confirms': 'never-confirms',
  'exits-on-request': 'exits-on-request',
};
