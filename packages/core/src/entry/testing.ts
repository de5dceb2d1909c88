/** `carpool/testing`: for the tests of who builds on Carpool, and of Carpool itself. */
export { census, type Census } from '../testing/census.ts';
export {
  sessionContract,
  type ContractChild,
  type ContractOptions,
  type ContractPool,
  type SessionContract,
} from '../testing/session-contract.ts';
