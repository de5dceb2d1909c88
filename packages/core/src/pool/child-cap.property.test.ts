// Pools that share a bound: never more children than it allows, no call is lost, and each run has its turn.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission, type Slot, type Ticket } from './admission.ts';
import { ChildCap } from './child-cap.ts';

interface Call extends Ticket {
  slot?: Slot;
}

/** A pool without processes: a child is there from its first slot on, and goes when it is idle and another is wanted. */
class FakePool {
  readonly admission: Admission;
  readonly calls = new Set<Call>();
  readonly #cap: ChildCap;
  readonly #living = new Set<number>();

  constructor(cap: ChildCap, children: number, sessionsPerChild: number) {
    this.#cap = cap;
    this.admission = new Admission({ children, sessionsPerChild, maxQueued: 1_000 }, cap);
    cap.join(this);
  }

  get places(): number {
    return this.#living.size + this.admission.promised;
  }

  stopIdle(): boolean {
    const idle = [...this.#living].find((child) => this.#held(child) === 0);
    if (idle !== undefined) this.end(idle);
    return idle !== undefined;
  }

  call(run: string): Call {
    const call: Call = { run, granted: (slot) => (call.slot = slot) };
    this.calls.add(call);
    this.admission.enter(call, true);
    this.begin();
    return call;
  }

  /** What the pool does in the turn after a grant. */
  begin(): void {
    for (const { slot } of this.calls) {
      if (slot === undefined || this.#living.has(slot.child) || !this.admission.isCurrent(slot)) continue;
      this.#living.add(slot.child);
      this.admission.starting(slot.child);
      this.admission.serving(slot.child);
    }
  }

  /** Gives the slot back, or gives up waiting. */
  leave(call: Call): void {
    this.calls.delete(call);
    if (call.slot === undefined) this.admission.leave(call);
    else {
      const { child } = call.slot;
      this.admission.release(call.slot);
      if (this.#cap.isWanted && this.#living.has(child) && this.#held(child) === 0) this.end(child);
    }
  }

  /** The child ends, with the sessions on it. */
  end(child: number): void {
    this.#living.delete(child);
    for (const call of this.calls) if (call.slot?.child === child) this.calls.delete(call);
    this.admission.retired(child);
    this.admission.gone(child);
    this.#cap.freed();
  }

  #held(child: number): number {
    return [...this.calls].filter(({ slot }) => slot?.child === child && this.admission.isCurrent(slot)).length;
  }
}

const step = fc.record({
  what: fc.constantFrom('call', 'call', 'leave', 'end'),
  pool: fc.nat(2),
  pick: fc.nat(20),
  run: fc.constantFrom('a', 'b', 'c'),
});

describe('a bound for the children of several pools', () => {
  test('is kept, and every call is served in the end', () => {
    const shape = fc.record({
      max: fc.integer({ min: 1, max: 4 }),
      children: fc.integer({ min: 1, max: 3 }),
      each: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(shape, fc.array(step, { maxLength: 80 }), ({ max, children, each }, steps) => {
        const cap = new ChildCap({ maxChildren: max });
        const pools = [0, 1, 2].map(() => new FakePool(cap, children, each));
        const settle = (): void => {
          for (const pool of pools) pool.begin();
          expect(pools.reduce((sum, { places }) => sum + places, 0)).toBeLessThanOrEqual(max);
        };
        for (const { what, pool: at, pick, run } of steps) {
          const pool = pools[at]!;
          const calls = [...pool.calls];
          const call = calls[pick % Math.max(1, calls.length)];
          if (what === 'call') pool.call(run);
          else if (call !== undefined && (what === 'leave' || call.slot === undefined)) pool.leave(call);
          else if (call?.slot !== undefined) pool.end(call.slot.child);
          settle();
        }
        for (let left = 1_000; pools.some(({ calls }) => calls.size > 0); left--) {
          expect(left).toBeGreaterThan(0);
          for (const pool of pools) for (const call of pool.calls) if (call.slot !== undefined) pool.leave(call);
          settle();
        }
        expect(cap.isWanted).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('is given to each run in turn, whatever waits there', () => {
    const cap = new ChildCap({ maxChildren: 1 });
    const pools = ['a', 'b'].map(() => new FakePool(cap, 8, 1));
    const calls = [0, 0, 0, 1].map((at) => pools[at]!.call('ab'[at]!));
    const order: number[] = [];
    for (let served = 0; served < calls.length; served++) {
      const at = calls.findIndex(({ slot }, number) => slot !== undefined && !order.includes(number));
      order.push(at);
      pools[at === 3 ? 1 : 0]!.end(calls[at]!.slot!.child);
      for (const pool of pools) pool.begin();
    }
    expect(order).toEqual([0, 1, 3, 2]);
  });
});
