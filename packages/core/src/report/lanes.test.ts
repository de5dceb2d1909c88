import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lanesOf, type Spanning } from './lanes.ts';

const span: fc.Arbitrary<Spanning> = fc
  .tuple(fc.nat(50), fc.nat(20))
  .map(([from, length]) => ({ from, to: from + length }));

/** How many there are in the middle of no time: just after this moment. */
function atOnce(spans: readonly Spanning[], time: number): number {
  return spans.filter(({ from, to }) => from <= time && time < to).length;
}

test('no two spans of a row are at the same time, none is lost, and there are no more rows than spans at a time', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
      const lanes = lanesOf(spans);
      for (const lane of lanes)
        for (const [at, { from }] of lane.entries()) expect(from).toBeGreaterThanOrEqual(lane[at - 1]?.to ?? 0);
      expect(new Set(lanes.flat())).toEqual(new Set(spans));
      expect(lanes.flat()).toHaveLength(spans.length);
      // What takes no time has a place, too.
      const most = Math.max(0, ...spans.map(({ from }) => atOnce(spans, from)));
      expect(lanes.length).toBeLessThanOrEqual(
        Math.max(most + spans.filter(({ from, to }) => from === to).length, most),
      );
    }),
  );
});

test('the first row that is free gets the next span', () => {
  const [a, b, c, d] = [
    { from: 0, to: 10 },
    { from: 1, to: 3 },
    { from: 2, to: 4 },
    { from: 5, to: 6 },
  ];
  expect(lanesOf([d, c, b, a])).toEqual([[a], [b, d], [c]]);
});

test('as many as may wait at a time are laid out at once', () => {
  const waits = Array.from({ length: 100_000 }, (_, at) => ({ from: at / 1_000, to: 1_000 + at }));
  expect(lanesOf(waits)).toHaveLength(100_000);
}, 5_000);
