/**
 * The protocol of leases on a simulated server, in simulated time: hosts whose clocks run at different rates, that stall and
 * are killed; answers that are late or lost; a server that loses its memory. A recorder sees every grant and every loss.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestEnd, SimulatedRun, type Fault } from './support/simulated-run.ts';

const ttl = 3_000;
/** Some of it is left for stalls, where clocks differ by this much. */
const rates = fc.double({ min: 0.9, max: 1.1, noNaN: true });
const at = fc.integer({ min: 0, max: 12_000 });

const gentle: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('kill' as const), at, host: fc.nat(2) }),
  fc.record({ kind: fc.constant('stall' as const), at, host: fc.nat(2), duration: fc.integer({ min: 1, max: 400 }) }),
  fc.record({
    kind: fc.constant('partition' as const),
    at,
    host: fc.nat(2),
    duration: fc.integer({ min: 1, max: 8_000 }),
  }),
  fc.record({ kind: fc.constant('forget' as const), at }),
  fc.record({ kind: fc.constant('delete' as const), at }),
  fc.record({ kind: fc.constant('outage' as const), at, duration: fc.integer({ min: 1, max: 5_000 }) }),
);
const rough: fc.Arbitrary<Fault> = fc.oneof(
  gentle,
  fc.record({ kind: fc.constant('stall' as const), at, host: fc.nat(2), duration: fc.integer({ min: 1, max: 9_000 }) }),
);

const schedule = (faults: fc.Arbitrary<Fault>) =>
  fc.record({
    seed: fc.integer(),
    rates: fc.tuple(rates, rates, rates),
    lost: fc.constantFrom(0, 0.02, 0.2),
    faults: fc.array(faults, { maxLength: 6 }),
  });

test('no lock is held by two hosts at a time, and what is lost was told before it is given again', async () => {
  await fc.assert(
    fc.asyncProperty(schedule(gentle), async (plan) => {
      const run = new SimulatedRun({ ...plan, ttl });
      await run.go(21_000);
      expect(run.doubleHolders).toEqual([]);
      expect(run.fenceFaults).toEqual([]);
      // Whoever lives gets its turn again when all is quiet.
      expect(run.starving).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 120_000);

test('where a host stalls for any time, it may believe in a lease that is over: fences tell which is the later one', async () => {
  await fc.assert(
    fc.asyncProperty(schedule(rough), async (plan) => {
      const run = new SimulatedRun({ ...plan, ttl });
      await run.go(21_000);
      expect(run.fenceFaults).toEqual([]);
      expect(run.starving).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 120_000);

test('a permit of a semaphore is never given twice', async () => {
  await fc.assert(
    fc.asyncProperty(schedule(gentle), async (plan) => {
      const run = new SimulatedRun({ ...plan, ttl, kind: 'semaphore', size: 3 });
      await run.go(21_000);
      expect(run.doubleHolders).toEqual([]);
      expect(run.starving).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 120_000);

test('the bucket goes with the last host, or one says that it may stay; no end takes longer than it may', async () => {
  const ends = fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 6_000, max: 16_000 })));
  await fc.assert(
    fc.asyncProperty(schedule(rough), ends, async (plan, times) => {
      const run = new SimulatedRun({ ...plan, ttl, ends: times });
      await run.go(21_000);
      expect(run.staysUntold).toBe(false);
      // Where nothing has happened, nothing is left, and nothing is said.
      const calm = plan.faults.length === 0 && plan.lost === 0;
      expect(calm && run.told).toBe(false);
      expect(run.fenceFaults).toEqual([]);
      const stalls = plan.faults.reduce((sum, fault) => sum + (fault.kind === 'stall' ? fault.duration : 0), 0);
      expect(run.longestEnd).toBeLessThanOrEqual(longestEnd + 1_000 + stalls);
    }),
    { numRuns: 100 },
  );
}, 120_000);
