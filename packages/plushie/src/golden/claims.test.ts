import { expect, test } from 'vitest';
import { claim } from './claims.ts';

const of = (path: string, hash: string, at = path): { path: string; hash: string; at: string } => ({ path, hash, at });

test('one name may be used again for the same result', () => {
  const run = {};
  expect(claim(run, of('a', '1'), true)).toBeUndefined();
  expect(claim(run, of('a', '1'), true)).toBeUndefined();
  expect(claim(run, of('b', '2'), true)).toBeUndefined();
});

test('a second result must not be written over the first', () => {
  const run = {};
  claim(run, of('a', '1', 'there'), false);
  expect(claim(run, of('a', '2', 'here'), false)).toBeUndefined();
  expect(claim(run, of('a', '2', 'here'), true)).toMatchObject({ at: 'there' });
});

test('names that differ in case alone are one file on some systems', () => {
  const run = {};
  claim(run, of('a', '1'), false);
  expect(claim(run, of('A', '1'), false)).toMatchObject({ path: 'a' });
});

test('another run of the file begins anew', () => {
  claim({}, of('a', '1'), true);
  expect(claim({}, of('a', '2'), true)).toBeUndefined();
});
