import { expect, test } from 'vitest';
import { announcedParts, differingParts } from './announced-parts.ts';

const values = { 'its options': '{}', 'its folder': '["",""]' };
const files = (count: number): [string, string][] => Array.from({ length: count }, (_, n) => [`${n}.mjs`, 'text']);

test('a value, a file that is edited, and one that only one side has are named', () => {
  const own = announcedParts(values, [...files(2), ['engine.mjs', '1']]);
  expect(differingParts(own, announcedParts(values, [['engine.mjs', '1'], ...files(2)]))).toEqual([]);
  const other = announcedParts({ ...values, 'its options': '{maxSessions: 2}' }, [...files(1), ['engine.mjs', '2']]);
  expect(differingParts(own, other)).toEqual(['1.mjs', 'engine.mjs', 'its options']);
  expect(differingParts(other, own)).toEqual(['1.mjs', 'engine.mjs', 'its options']);
});

test('what is told stays small: of many files eight are named, none with a long name, and the rest is one part', () => {
  const long = 'x'.repeat(101);
  const parts = announcedParts(values, [[long, 'text'], ...files(1_000)]);
  expect(Object.keys(parts)).toEqual([...Object.keys(values), ...files(8).map(([name]) => name), 'other files']);
  for (const digest of Object.values(parts)) expect(digest).toMatch(/^[0-9a-f]{8}$/);
  const edited = files(1_000).map(([name, text], n): [string, string] => [name, n === 999 ? 'edited' : text]);
  expect(differingParts(parts, announcedParts(values, [[long, 'text'], ...edited]))).toEqual(['other files']);
  // In which order the others come makes no difference.
  expect(announcedParts(values, [...files(8), [long, 'text'], ...files(1_000).slice(8).toReversed()])).toEqual(parts);
});

test('where not all files are named, one that is named by one side alone may be there on the other', () => {
  const own = announcedParts(values, files(9));
  const other = announcedParts(values, [['engine.mjs', '1'], ...files(9)]);
  expect(differingParts(own, other)).toEqual(['other files']);
  const shifted = announcedParts(values, files(9).toReversed());
  const found = differingParts(own, shifted);
  expect(found).toEqual(['other files']);
});

test('one that tells nothing differs in nothing that is known; names that every object has are no parts', () => {
  const own = announcedParts(values, files(1));
  expect([differingParts(own, undefined), differingParts(undefined, own), differingParts(own, {})]).toEqual([
    [],
    [],
    [],
  ]);
  expect(differingParts(own, { ...own, constructor: '00000000' })).toEqual(['constructor']);
});
