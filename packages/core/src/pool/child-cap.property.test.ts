// Pools that share a bound: never more children than it allows, no call is lost or waits for one that nothing uses, and each
// run has its turn.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission, type Slot, type Ticket } from './admission.ts';
import { ChildCap } from './child-cap.ts';

interface Call extends Ticket {
  slot?: Slot;
}

/** What the children of all pools take. */
interface Memory {
  taken: number;
}

interface FakeChild {
  readonly number: number;
  phase: 'starting' | 'serving' | 'stopping';
}

/** A pool without processes. A child says hello, and is gone, when it is told to. */
class FakePool {
  readonly admission: Admission;
  readonly calls = new Set<Call>();
  readonly living = new Set<FakeChild>();
  readonly #cap: ChildCap;
  readonly #each: number;
  readonly #memory: Memory;

  /** @param each what a child takes of the memory */
  constructor(cap: ChildCap, sizes: { children: number; sessionsPerChild: number }, each = 0, memory = { taken: 0 }) {
    this.#cap = cap;
    this.#each = each;
    this.#memory = memory;
    this.admission = new Admission({ ...sizes, maxQueued: 1_000 }, cap);
    cap.join(this);
  }

  get places(): number {
    return this.living.size + this.admission.promised;
  }

  get stopping(): number {
    return [...this.living].filter(({ phase }) => phase === 'stopping').length;
  }

  first(phase: FakeChild['phase']): FakeChild | undefined {
    return [...this.living].find((child) => child.phase === phase);
  }

  stopIdle(): boolean {
    const idle = [...this.living].find((child) => child.phase === 'serving' && this.#held(child) === 0);
    if (idle !== undefined) this.#retire(idle);
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
      if (slot === undefined || this.#current(slot.child) !== undefined || !this.admission.isCurrent(slot)) continue;
      this.living.add({ number: slot.child, phase: 'starting' });
      this.#memory.taken += this.#each;
      this.admission.starting(slot.child);
    }
  }

  hello(child: FakeChild): void {
    child.phase = 'serving';
    this.admission.serving(child.number);
    if (this.#held(child) === 0) this.#cap.idled();
  }

  /** Gives the slot back, or gives up waiting. */
  leave(call: Call): void {
    this.calls.delete(call);
    if (call.slot === undefined) {
      this.admission.leave(call);
      return;
    }
    const child = this.#current(call.slot.child);
    this.admission.release(call.slot);
    if (child !== undefined && this.#held(child) === 0) this.#cap.idled();
  }

  /** It ends by itself, with the sessions on it. */
  end(child: FakeChild): void {
    if (child.phase !== 'stopping') this.#retire(child);
    this.gone(child);
  }

  gone(child: FakeChild): void {
    this.living.delete(child);
    this.#memory.taken -= this.#each;
    this.admission.gone(child.number);
    this.#cap.freed();
  }

  #retire(child: FakeChild): void {
    child.phase = 'stopping';
    for (const call of this.calls)
      if (call.slot?.child === child.number && this.admission.isCurrent(call.slot)) this.calls.delete(call);
    this.admission.retired(child.number);
  }

  /** The child for new sessions. */
  #current(number: number): FakeChild | undefined {
    return [...this.living].find((child) => child.number === number && child.phase !== 'stopping');
  }

  #held({ number }: FakeChild): number {
    return [...this.calls].filter(({ slot }) => slot?.child === number && this.admission.isCurrent(slot)).length;
  }
}

const step = fc.record({
  what: fc.constantFrom('call', 'call', 'leave', 'leave', 'hello', 'gone', 'end'),
  pool: fc.nat(2),
  pick: fc.nat(20),
  run: fc.constantFrom('a', 'b', 'c'),
});
const shape = fc.record({
  max: fc.integer({ min: 1, max: 4 }),
  memory: fc.option(fc.integer({ min: 1, max: 8 })),
  each: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
  children: fc.integer({ min: 1, max: 3 }),
  sessionsPerChild: fc.integer({ min: 1, max: 2 }),
});

function pick<T>(from: Iterable<T>, at: number): T | undefined {
  const all = [...from];
  return all[at % Math.max(1, all.length)];
}

describe('a bound for the children of several pools', () => {
  test('is kept, and every call is served in the end, without any session ending for it but those that it waits for', () => {
    fc.assert(
      fc.property(shape, fc.array(step, { maxLength: 80 }), ({ max, memory, each, ...sizes }, steps) => {
        const used: Memory = { taken: 0 };
        const full = (): boolean => memory !== null && used.taken >= memory;
        const cap = new ChildCap({ maxChildren: memory === null ? max : undefined, full });
        const pools = each.map((size) => new FakePool(cap, sizes, size, used));
        const settle = (): void => {
          for (const pool of pools) pool.begin();
          const places = pools.reduce((sum, pool) => sum + pool.places, 0);
          expect(places).toBeLessThanOrEqual(memory === null ? max : Infinity);
        };
        for (const { what, pool: at, pick: number, run } of steps) {
          const pool = pools[at]!;
          const call = pick(pool.calls, number);
          const child = pick(pool.living, number);
          if (what === 'call') pool.call(run);
          else if (what === 'leave' && call !== undefined) pool.leave(call);
          else if (what === 'hello' && child?.phase === 'starting') pool.hello(child);
          else if (what === 'gone' && child?.phase === 'stopping') pool.gone(child);
          else if (what === 'end' && child !== undefined) pool.end(child);
          settle();
        }
        // From now on children say hello and end as they are told, and each session that is there ends.
        for (let left = 1_000; pools.some(({ calls }) => calls.size > 0); left--) {
          expect(left, 'a call waits, and nothing will happen any more').toBeGreaterThan(0);
          for (const pool of pools) {
            for (const child of pool.living) if (child.phase === 'starting') pool.hello(child);
            for (const child of pool.living) if (child.phase === 'stopping') pool.gone(child);
            settle();
            for (const call of pool.calls) if (call.slot !== undefined) pool.leave(call);
            settle();
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('where nothing is in use, a call waits for the end of idle children alone', () => {
    fc.assert(
      fc.property(shape, fc.array(step, { maxLength: 60 }), ({ max, memory, each, ...sizes }, steps) => {
        const used: Memory = { taken: 0 };
        const full = (): boolean => memory !== null && used.taken >= memory;
        const cap = new ChildCap({ maxChildren: memory === null ? max : undefined, full });
        const pools = each.map((size) => new FakePool(cap, sizes, size, used));
        const [first, ...others] = pools as [FakePool, FakePool, FakePool];
        for (const { what, pool: at, pick: number, run } of steps) {
          const pool = others[at % 2]!;
          const call = pick(pool.calls, number);
          const child = pick(pool.living, number);
          if (what === 'call') pool.call(run);
          else if (what === 'hello' && child?.phase === 'starting') pool.hello(child);
          else if (what === 'leave' && call !== undefined) pool.leave(call);
          else if (what === 'gone' && child?.phase === 'stopping') pool.gone(child);
          for (const other of pools) other.begin();
        }
        const wanted = first.call('a');
        // Each call gives up, also one that waits for the start of its child; no session ends, and none begins.
        for (const pool of others) for (const call of pool.calls) pool.leave(call);
        for (let left = 100; wanted.slot === undefined; left--) {
          expect(left, 'the call waits for a child that nothing uses').toBeGreaterThan(0);
          for (const pool of others) {
            for (const child of pool.living) if (child.phase === 'starting') pool.hello(child);
            for (const child of pool.living) if (child.phase === 'stopping') pool.gone(child);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('no more idle children are stopped than calls wait', () => {
    const cap = new ChildCap({ maxChildren: 4 });
    const [idle, wanting] = [4, 1].map((children) => new FakePool(cap, { children, sessionsPerChild: 1 })) as [
      FakePool,
      FakePool,
    ];
    const calls = [1, 2, 3, 4].map(() => idle.call('a'));
    for (const child of idle.living) idle.hello(child);
    const wanted = wanting.call('b');
    for (const call of calls) idle.leave(call);
    expect([idle.places, idle.stopping]).toEqual([4, 1]);
    for (const child of idle.living) if (child.phase === 'stopping') idle.gone(child);
    expect([idle.places, idle.stopping, wanted.slot]).toEqual([3, 0, { child: 0, epoch: 0 }]);
  });

  test('one after the other is stopped as long as they take too much memory, and none that is in use', () => {
    const used: Memory = { taken: 0 };
    let most = 10;
    const cap = new ChildCap({ full: () => used.taken >= most });
    const idle = new FakePool(cap, { children: 4, sessionsPerChild: 1 }, 1, used);
    const wanting = new FakePool(cap, { children: 1, sessionsPerChild: 1 }, 1, used);
    const [inUse, ...others] = [1, 2, 3, 4].map(() => idle.call('a'));
    for (const child of idle.living) idle.hello(child);
    for (const call of others) idle.leave(call);
    most = 3;
    const wanted = wanting.call('b');
    const seen: number[] = [];
    for (let child = idle.first('stopping'); child !== undefined; child = idle.first('stopping')) {
      seen.push(idle.stopping);
      expect(wanted.slot).toBeUndefined();
      idle.gone(child);
    }
    expect(seen).toEqual([1, 1]);
    expect(wanted.slot).toBeDefined();
    expect(idle.admission.isCurrent(inUse!.slot!)).toBe(true);
  });

  test('a call that has given up stops none', () => {
    const cap = new ChildCap({ maxChildren: 1 });
    const [idle, wanting] = [1, 1].map((children) => new FakePool(cap, { children, sessionsPerChild: 1 })) as [
      FakePool,
      FakePool,
    ];
    const call = idle.call('a');
    for (const child of idle.living) idle.hello(child);
    wanting.leave(wanting.call('b'));
    idle.leave(call);
    expect([idle.places, idle.stopping]).toEqual([1, 0]);
  });

  test('is given to each run in turn, whatever waits there', () => {
    const cap = new ChildCap({ maxChildren: 1 });
    const pools = ['a', 'b'].map(() => new FakePool(cap, { children: 8, sessionsPerChild: 1 }));
    const calls = [0, 0, 0, 1].map((at) => pools[at]!.call('ab'[at]!));
    const order: number[] = [];
    for (let served = 0; served < calls.length; served++) {
      const at = calls.findIndex(({ slot }, number) => slot !== undefined && !order.includes(number));
      order.push(at);
      const pool = pools[at === 3 ? 1 : 0]!;
      for (const child of pool.living) pool.end(child);
      for (const each of pools) each.begin();
    }
    expect(order).toEqual([0, 1, 3, 2]);
  });
});
