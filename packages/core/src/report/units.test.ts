import { expect, test } from 'vitest';
import { axisText } from './axis.ts';
import { countText, numberText, timeText } from './units.ts';

test.for([
  [0, '0 ms'],
  [0.44, '0.4 ms'],
  [9.96, '10 ms'],
  [999.4, '999 ms'],
  [999.6, '1 s'],
  [1_254, '1.25 s'],
  [9_996, '10 s'],
  [59_940, '59.9 s'],
  [59_990, '1 min 0 s'],
  [119_800, '2 min 0 s'],
  [125_400, '2 min 5 s'],
] as const)('%d ms is %s', ([time, text]) => {
  expect(timeText(time)).toBe(text);
});

test.for([
  [0, 100, '0'],
  [0.25, 0.05, '0.25 ms'],
  [1.5, 0.5, '1.5 ms'],
  [40, 20, '40 ms'],
  [1_500, 500, '1.5 s'],
  [12_340, 20, '12.34 s'],
  [65_000, 5_000, '1:05'],
  [65_500, 500, '1:05.5'],
  [125_000, 20_000, '2:05'],
  [92_500, 2_500, '1:32.5'],
  [750, 250, '0.75 s'],
  [7.5, 2.5, '7.5 ms'],
  [0.75, 0.25, '0.75 ms'],
] as const)('on the axis %d ms, with ticks of %d ms, is %s', ([time, unit, text]) => {
  expect(axisText(time, unit)).toBe(text);
});

test('numbers', () => {
  expect([1, 999, 1_000, 12_345_678].map(numberText)).toEqual(['1', '999', '1,000', '12,345,678']);
  expect([countText(1, 'child', 'children'), countText(2_000, 'session')]).toEqual(['1 child', '2,000 sessions']);
});
