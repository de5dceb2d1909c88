// Flows that take locks and permits in any order and then release all: either all get through, or one fails with the
// deadlock. Some flows are of one test: they wait for each other as the flows of different tests do.
import fc from 'fast-check';
import { assert, expect, test } from 'vitest';
import { isCarpoolError } from '../base/errors.ts';
import { Ledger } from './ledger.ts';
import { ownerKey, type Lease, type LeaseRequest } from './lease.ts';

/** One call chain: it takes what it wants, one after another, then releases all. */
interface Flow {
  readonly test: number;
  readonly wants: Want[];
  readonly held: Lease[];
  waits: Lease | undefined;
  refused: boolean;
}

type Want = Pick<LeaseRequest, 'name' | 'kind' | 'size' | 'weight'>;

const lockOf = (name: string): Want => ({ name, kind: 'lock', size: 1, weight: 1 });
const permits = (weight: number): Want => ({ name: 'cpu', kind: 'semaphore', size: 3, weight });

const wantOf = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('p', 'q', 'r').map(lockOf) },
  fc.constantFrom(1, 2, 3).map(permits),
);
/** Up to five flows in two tests. A flow may want the same lock again. */
const plan = fc.array(
  fc.record({ test: fc.nat({ max: 1 }), wants: fc.array(wantOf, { minLength: 1, maxLength: 4 }) }),
  { minLength: 1, maxLength: 5 },
);

test('a waiter in no cycle is served when the others release, and a refused one never would have been', () => {
  fc.assert(
    fc.property(plan, fc.infiniteStream(fc.nat()), (plans, choices) => {
      const ledger = new Ledger();
      const flows = plans.map(({ test: of, wants }): Flow => ({
        test: of,
        wants: [...wants],
        held: [],
        waits: undefined,
        refused: false,
      }));
      const ready = (): Flow[] =>
        flows.filter(
          ({ waits, wants, held }) =>
            waits?.state !== 'waiting' && (waits !== undefined || wants.length + held.length > 0),
        );
      for (let some = ready(); some.length > 0; some = ready()) {
        const flow = some[(choices.next().value ?? 0) % some.length];
        assert(flow !== undefined);
        step(ledger, flow, flows);
      }
      // No wait lasts for ever.
      expect(flows.filter(({ waits }) => waits?.state === 'waiting')).toEqual([]);
      expect([ledger.held, ledger.waiting]).toEqual([0, 0]);
      // Flows that take locks in the same order never fail.
      const sorted = plans.every(({ wants }) =>
        wants.every(({ name, kind }, at) => kind === 'lock' && (at === 0 || (wants[at - 1]?.name ?? '') < name)),
      );
      expect(sorted && flows.some(({ refused }) => refused)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

function step(ledger: Ledger, flow: Flow, flows: readonly Flow[]): void {
  if (flow.waits !== undefined) flow.held.push(flow.waits);
  flow.waits = undefined;
  const want = flow.wants.shift();
  if (want === undefined) {
    for (const lease of flow.held.splice(0)) ledger.release(lease);
    return;
  }
  const owner = ownerKey([String(flow.test)]);
  try {
    const lease = ledger.acquire({ ...want, owner, holder: {}, chain: [...flow.held] }, () => {});
    if (lease.state === 'held') flow.held.push(lease);
    else flow.waits = lease;
  } catch (thrown) {
    assert(isCarpoolError(thrown, 'LEASE_DEADLOCK'));
    assert(!goesOn(flow, want, flows));
    flow.refused = true;
    flow.wants.length = 0;
  }
}

/** The model, in the plainest way: whether a flow that waits for `want`, last in its queue, gets it some day. */
function goesOn(flow: Flow, want: Want, flows: readonly Flow[]): boolean {
  const done = new Set<Flow>(flows.filter((other) => other !== flow && other.waits?.state !== 'waiting'));
  const queueOf = (name: string): { of: Flow; weight: number }[] => {
    const known = flows.find(({ waits }) => waits?.state === 'waiting' && waits.request.name === name)?.waits;
    const queue = [...(known?.resource.queue ?? [])].flatMap((lease) => {
      const of = flows.find(({ waits }) => waits === lease);
      return of === undefined ? [] : [{ of, weight: lease.weight }];
    });
    return name === want.name ? [...queue, { of: flow, weight: want.weight }] : queue;
  };
  const sizeOf = (name: string): number => (name === 'cpu' ? 3 : 1);
  for (let before = -1; before !== done.size;) {
    before = done.size;
    for (const name of ['p', 'q', 'r', 'cpu']) {
      const held = flows.filter((other) => !done.has(other)).flatMap((other) => other.held);
      const kept = held.filter(({ request }) => request.name === name).reduce((sum, { weight }) => sum + weight, 0);
      const next = queueOf(name).find(({ of }) => !done.has(of));
      if (next !== undefined && next.weight <= sizeOf(name) - kept) done.add(next.of);
    }
  }
  return done.has(flow);
}
