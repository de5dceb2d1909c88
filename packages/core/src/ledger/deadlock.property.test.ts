// Tests that take locks in any order and then release all: either all get through, or one fails with the deadlock.
import fc from 'fast-check';
import { assert, expect, test } from 'vitest';
import { isCarpoolError } from '../base/errors.ts';
import { Ledger } from './ledger.ts';
import { ownerKey, type Lease } from './lease.ts';

test('a waiter in no cycle is served when the others release, and a refused one never would have been', () => {
  const plan = fc.array(fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { minLength: 1 }), {
    minLength: 2,
    maxLength: 4,
  });
  fc.assert(
    fc.property(plan, fc.infiniteStream(fc.nat()), (wants, choices) => {
      const ledger = new Ledger();
      const tests = wants.map((locks, at) => ({
        at,
        locks: [...locks],
        held: [] as Lease[],
        waits: undefined as Lease | undefined,
        refused: false,
      }));
      const idle = (): typeof tests =>
        tests.filter(
          ({ waits, locks, held }) =>
            waits?.state !== 'waiting' && (waits !== undefined || locks.length + held.length > 0),
        );
      for (let ready = idle(); ready.length > 0; ready = idle()) {
        const one = ready[(choices.next().value ?? 0) % ready.length]!;
        if (one.waits !== undefined) one.held.push(one.waits);
        one.waits = undefined;
        const next = one.locks.shift();
        if (next === undefined) {
          for (const lease of one.held.splice(0)) ledger.release(lease);
          continue;
        }
        try {
          const owner = ownerKey([String(one.at)]);
          const lease = ledger.acquire({ name: next, kind: 'lock', size: 1, weight: 1, owner, holder: {} }, () => {});
          if (lease.state === 'held') one.held.push(lease);
          else one.waits = lease;
        } catch (thrown) {
          assert(isCarpoolError(thrown, 'LEASE_DEADLOCK'));
          // It must hold something that another one waits for.
          assert(one.held.some((lease) => lease.resource.queue.size > 0));
          one.refused = true;
          one.locks.length = 0;
        }
      }
      // No wait lasts for ever.
      expect(tests.filter(({ waits }) => waits?.state === 'waiting')).toEqual([]);
      expect([ledger.held, ledger.waiting]).toEqual([0, 0]);
      // Tests that take them in the same order never fail.
      const sorted = wants.every((locks) => locks.every((lock, at) => at === 0 || locks[at - 1]! < lock));
      expect(sorted && tests.some(({ refused }) => refused)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
