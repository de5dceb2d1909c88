import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Observation, timingOf, Validity } from './validity.ts';

test('a holder has given up before an observer may act, whatever clocks, delays and moments', () => {
  const ratio = fc.double({ min: 0.82, max: 1.22, noNaN: true });
  const delay = fc.integer({ min: 0, max: 5_000 });
  fc.assert(
    fc.property(
      fc.record({
        holder: ratio,
        observer: ratio,
        ttl: fc.integer({ min: 1_000, max: 60_000 }),
        sentAt: fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 8 }),
        arrives: delay,
        looks: fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 40 }),
        answers: delay,
      }),
      ({ holder, observer, ttl, sentAt, arrives, looks, answers }) => {
        const timing = timingOf(ttl);
        const renewals = sentAt.toSorted((a, b) => a - b);
        // Real time; each clock begins somewhere.
        const holders = (real: number): number => 5_000 + real * holder;
        const observers = (real: number): number => 90_000 + real * observer;
        const validity = new Validity(timing, holders(renewals[0] ?? 0));
        for (const at of renewals) validity.renewed(holders(at));
        const seen = new Observation(timing);
        let now = 0;
        for (const step of looks) {
          now += step;
          const revision = renewals.filter((at) => at + arrives <= now).length;
          seen.seen(revision, observers(now + answers));
          const endable = seen.endable(observers(now + answers));
          // The compare-and-set succeeds where this is the last one.
          const ends = endable === renewals.length;
          expect(ends && validity.isValid(holders(now + answers))).toBe(false);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('renewals are sent well before the end, and an old one takes nothing back', () => {
  const timing = timingOf(6_000);
  expect(timing).toEqual({ renew: 1_000, voidAfter: 4_000, observe: 6_000 });
  const validity = new Validity(timing, 100);
  validity.renewed(1_100);
  validity.renewed(600);
  expect([validity.nextRenewal, validity.until]).toEqual([2_100, 5_100]);
  expect([validity.isValid(5_099), validity.isValid(5_100)]).toEqual([true, false]);
});

test('an observer begins anew with each sign of life, and knows nothing before it has looked', () => {
  const seen = new Observation(timingOf(6_000));
  expect(seen.endable(99_999)).toBeUndefined();
  seen.seen(7, 0);
  seen.seen(7, 5_999);
  expect(seen.endable(5_999)).toBeUndefined();
  seen.seen(8, 6_000);
  expect(seen.endable(11_999)).toBeUndefined();
  expect(seen.endable(12_000)).toBe(8);
});
