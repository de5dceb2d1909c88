/** `carpool/testing`: for the tests of who builds on Carpool, and of Carpool itself. */
export { census, type Census } from '../testing/census.ts';
