import { expect, test } from 'vitest';
import { timeoutWithin } from './timeout-within.ts';

test('a wait takes what its caller wants, or what the other end allows, and no more than is left', () => {
  expect(timeoutWithin(undefined, Infinity)).toBeUndefined();
  expect(timeoutWithin(undefined, 60_000)).toBeUndefined();
  expect(timeoutWithin(undefined, 4_900)).toBe(4_900);
  expect(timeoutWithin(300, 4_900)).toBe(300);
  expect(timeoutWithin(90_000, 4_900)).toBe(4_900);
  expect(timeoutWithin(90_000, 70_000)).toBe(70_000);
});
