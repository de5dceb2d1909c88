import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HoldAllowance } from './hold-allowance.ts';

test('half a second may be spent at once, and then a twentieth of the time', () => {
  const allowance = new HoldAllowance();
  expect(allowance.isLeft(0)).toBe(true);
  allowance.spend(300, 300);
  expect(allowance.isLeft(300)).toBe(true);
  allowance.spend(300, 600);
  expect(allowance.isLeft(600)).toBe(false);
  expect(allowance.isLeft(2_000)).toBe(false);
  expect(allowance.isLeft(3_000)).toBe(true);
});

test('what was not spent is not saved for later', () => {
  const allowance = new HoldAllowance();
  expect(allowance.isLeft(1e9)).toBe(true);
  allowance.spend(500, 1e9);
  expect(allowance.isLeft(1e9)).toBe(false);
});

test('a child that did hang restores it', () => {
  const allowance = new HoldAllowance();
  allowance.spend(10_000, 0);
  expect(allowance.isLeft(1_000)).toBe(false);
  allowance.restore();
  expect(allowance.isLeft(1_000)).toBe(true);
});

test('of any suite no more is spent than that, but for the last hold', () => {
  const steps = fc.array(fc.record({ pause: fc.nat(2_000), hold: fc.nat(5_000) }), { maxLength: 300 });
  fc.assert(
    fc.property(steps, (all) => {
      const allowance = new HoldAllowance();
      let [now, spent, longest] = [0, 0, 0];
      for (const { pause, hold } of all) {
        now += pause;
        if (!allowance.isLeft(now)) continue;
        now += hold;
        spent += hold;
        longest = Math.max(longest, hold);
        allowance.spend(hold, now);
      }
      expect(spent).toBeLessThanOrEqual(500 + 0.05 * now + longest);
    }),
  );
});
