/** The failures of docs/debugging.md: each is one test of the shop, with the same title in every runner. */

export interface Failure {
  /** Names its place on the page. */
  readonly name: string;
  /** The title of its test. */
  readonly test: string;
}

export const failures: readonly Failure[] = [
  { name: 'wrong reply', test: 'adds up the quantities' },
  { name: 'no reply', test: 'takes 10 % off with a coupon' },
  { name: 'crash', test: 'refuses an item that is not sold' },
  { name: 'hang', test: 'packs into parcels of the smallest size' },
  { name: 'full pool', test: 'serves three customers at a time' },
  { name: 'deadlock', test: 'a refund writes to the ledger and gives back to the stock' },
];
