import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Quantiles } from './quantiles.ts';

function of(times: readonly number[]): Quantiles {
  const quantiles = new Quantiles();
  for (const time of times) quantiles.add(time);
  return quantiles;
}

test('within 1 % of the exact one, whatever came in which order; the longest is exact', () => {
  const time = fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.integer({ min: 0, max: 50 }));
  fc.assert(
    fc.property(fc.array(time, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (times, part) => {
      const sorted = times.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(Math.ceil(times.length * part) - 1, 0)] ?? 0;
      const found = of(times).at(part);
      // What is shorter than half a millisecond counts as none.
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact < 0.5 ? 0.5 : exact * 0.0101);
      expect(of(times.toReversed()).at(part)).toBe(found);
      expect(of(times).max).toBe(sorted.at(-1));
    }),
  );
});

test('of nothing it is 0; one alone is itself; what is longer than a month counts as that', () => {
  expect(of([]).at(0.5)).toBe(0);
  expect(of([3_217]).at(0.95)).toBe(3_217);
  expect(of([Infinity]).at(0.5)).toBe(2_678_400_000);
});
