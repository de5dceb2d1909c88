import { expect, test } from 'vitest';
import { unknownFixture, unknownPool } from './unknown-name.ts';

const names = { pools: ['echo', 'narrow'], sharedWorkers: ['counter'], locks: { printer: 'lock' } } as const;
const known =
  'the Carpool config of this run has only "echo", "narrow", and the shared workers "counter", and the locks "printer"; add it there, or correct the name';

test.each([
  ['priner', ': did you mean the lock "printer"?'],
  ['Printer', ': did you mean the lock "printer"?'],
  ['conuter', ': did you mean the shared worker "counter"?'],
  ['ecko', ': did you mean the pool "echo"?'],
  ['ehco', ': did you mean the pool "echo"?'],
  ['renderer', ''],
  ['e', ''],
  ['', ''],
])('a fixture %j is none, with what may have been meant', (name, hint) => {
  expect(unknownFixture(name, names).message).toBe(
    `Unknown fixture ${JSON.stringify(name)}: it is no pool, lock or shared worker; ${known}${hint}`,
  );
});

test('a name that is no pool, where one is wanted, may be something else', () => {
  expect(unknownPool('printer', names).message).toBe(
    `Unknown pool "printer": ${known}: did you mean the lock "printer"?`,
  );
  expect(unknownPool('any', { pools: [] }).message).toBe(
    'Unknown pool "any": the Carpool config of this run has no pool at all; add it there, or correct the name',
  );
});
