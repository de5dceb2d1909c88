import { expect, test } from 'vitest';
import { startPool } from '../../src/pool/pool.ts';
import type { ContractChild } from '../../src/testing/session-contract.ts';
import { sessionContract } from '../../src/testing/session-contract.ts';
import { closing, program } from '../support/pools.ts';

export const programs: Readonly<Record<ContractChild, string>> = {
  echo: 'echo',
  asks: 'asks',
  'says-as-told': 'says-as-told',
  steps: 'steps',
  tells: 'floods --count=3',
  'answers-late': 'answers-late',
  'opens-late': 'opens-late',
  'never-confirms': 'never-confirms',
};

for (const codec of ['json-lines', 'msgpack'] as const) {
  sessionContract(`in process, ${codec}`, {
    test,
    expect,
    make(child, options) {
      const pool = closing(startPool({ name: 'echoes', ...program(programs[child], { ...options, codec }) }));
      return { register: pool.register.bind(pool), stats: () => pool.stats(), end: () => pool.close() };
    },
  });
}
