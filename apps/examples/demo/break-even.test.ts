import { expect, test } from 'vitest';
import { breakEven, median, type Pair } from './break-even.ts';

const pair = (start: number, perFile: number, carpool: number): Pair => ({ start, perFile, carpool });

test('between the renderer as it is and a slower one, where sharing begins to save', () => {
  // Nothing is saved at 100 + 500 × 0.5 / (0.5 + 1.5).
  const even = { start: 225, least: 225, most: 225 };
  expect(breakEven([pair(100, 2.5, 3)], [pair(600, 5, 3.5), pair(2100, 8, 5)])).toEqual(even);
});

test('beyond the first slower one, if that does not save yet', () => {
  expect(breakEven([pair(100, 2, 3)], [pair(600, 3, 3.5), pair(2100, 6, 4)])).toMatchObject({ start: 900 });
  // And beyond all that was measured.
  expect(breakEven([pair(0, 2, 4)], [pair(500, 3, 4)])).toMatchObject({ start: 1000 });
});

test('before the renderer as it is, if sharing saves already; never below nothing', () => {
  expect(breakEven([pair(100, 3.1, 3)], [pair(600, 5, 3.9)])).toMatchObject({ start: expect.closeTo(50) });
  expect(breakEven([pair(100, 4, 3)], [pair(600, 5, 3.9)])).toEqual({ start: 0, least: 0, most: 0 });
});

test('the rounds say how sure it is', () => {
  const rounds = [2.5, 2.9, 2.6, 2.7, 9].map((perFile) => pair(100, perFile, 3));
  // Saved by the rounds: -0.5, -0.4, -0.3, -0.1 and, disturbed, 6; by the slower renderer 1.
  expect(breakEven(rounds, [pair(600, 5, 4)])).toEqual({
    start: expect.closeTo(100 + 500 * (0.3 / 1.3)),
    least: expect.closeTo(100 + 500 * (0.1 / 1.3)),
    most: expect.closeTo(100 + 500 * (0.4 / 1.3)),
  });
});

test('nothing is claimed if a slower start saved no more', () => {
  expect(breakEven([pair(100, 2.5, 3)], [pair(600, 2.5, 3.5)])).toBeUndefined();
  expect(breakEven([pair(100, 2.5, 3)], [])).toBeUndefined();
  expect(breakEven([], [pair(600, 5, 4)])).toBeUndefined();
});

test('the median leaves out what was not measured', () => {
  expect(median([3, undefined, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([undefined])).toBeUndefined();
});
