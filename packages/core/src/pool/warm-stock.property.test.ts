// The stock of warm sessions beside a real admission, with a clock that the test advances: whatever calls come, whatever
// fails, no call waits for a warm session's sake, none is opened that is not wanted, and no slot is lost.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { Admission, type Slot } from './admission.ts';
import { WarmStock, type Fitness } from './warm-stock.ts';

const likely = 5_000;

interface Warm {
  readonly slot: Slot;
  /** A call has taken it, and waits until it is open. */
  promised: boolean;
}

interface Shape {
  readonly children: number;
  readonly sessionsPerChild: number;
  readonly size: number;
}

class World {
  readonly clock = new FakeClock();
  readonly admission: Admission;
  readonly stock: WarmStock<Warm>;
  readonly size: number;
  readonly opening: Warm[] = [];
  readonly ready: Warm[] = [];
  readonly closing: Warm[] = [];
  /** Of calls that have their slot, and open their session themselves. */
  readonly begun: { readonly slot: Slot; readonly params: boolean }[] = [];
  readonly sessions: Slot[] = [];
  calls = 0;
  lastCall: number | undefined;
  openedSince = 0;

  constructor({ children, sessionsPerChild, size }: Shape) {
    this.admission = new Admission({ children, sessionsPerChild, maxQueued: 1_000 });
    const fitness = ({ slot }: Warm): Fitness =>
      !this.admission.isCurrent(slot) ? 'stale' : this.admission.isSuspect(slot) ? 'held back' : 'fit';
    this.stock = new WarmStock({ size, likely }, fitness);
    this.size = size;
  }

  call(params: boolean): void {
    this.calls++;
    const warm = params ? undefined : this.stock.take();
    if (warm === undefined) {
      this.#enter(params);
    } else if (this.opening.includes(warm)) {
      warm.promised = true;
    } else {
      remove(this.ready, warm);
      this.#registered(warm.slot, false);
    }
    this.settle();
  }

  /** A call has opened its session. */
  begin(): void {
    const call = this.begun.shift();
    if (call === undefined) return;
    this.#registered(call.slot, call.params);
    this.settle();
  }

  warmOpens(): void {
    const warm = this.opening.shift();
    if (warm === undefined) return;
    if (warm.promised) {
      this.#registered(warm.slot, false);
    } else {
      this.stock.opened(warm);
      this.ready.push(warm);
    }
    this.settle();
  }

  warmFails(): void {
    const warm = this.opening.shift();
    if (warm === undefined) return;
    this.stock.failed(warm);
    this.admission.release(warm.slot);
    if (warm.promised) this.#enter(false);
    this.settle();
  }

  warmCloses(confirmed: boolean): void {
    const warm = this.closing.shift();
    if (warm === undefined) return;
    if (confirmed) this.admission.release(warm.slot);
    else if (this.admission.quarantine(warm.slot) > 0) this.dies(warm.slot.child);
    this.stock.gone(warm);
    this.settle();
  }

  ends(): void {
    const slot = this.sessions.shift();
    if (slot !== undefined) this.admission.release(slot);
    this.settle();
  }

  dies(child: number): void {
    const on = ({ slot }: Warm): boolean => slot.child === child && this.admission.isCurrent(slot);
    const dead = [...this.opening, ...this.ready, ...this.closing].filter(on);
    this.admission.retired(child);
    this.settle();
    for (const warm of dead) {
      for (const list of [this.opening, this.ready, this.closing]) remove(list, warm);
      this.stock.gone(warm);
      this.admission.release(warm.slot);
      if (warm.promised) this.#enter(false);
    }
    this.admission.gone(child);
    this.settle();
  }

  suspect(child: number, suspect: boolean): void {
    const at = [...this.sessions, ...this.begun.map((call) => call.slot)].find(
      (slot) => slot.child === child && this.admission.isCurrent(slot),
    );
    if (at === undefined) return;
    if (suspect) this.admission.suspect(at, 'it is silent');
    else this.admission.cleared(at);
    this.settle();
  }

  newRun(): void {
    this.stock.newRun();
    this.lastCall = undefined;
    this.settle();
  }

  settle(): void {
    const { free, queued: waiting } = this.admission;
    const { open, giveUp } = this.stock.plan(this.clock.now(), { free, waiting });
    for (const warm of giveUp) {
      remove(this.opening, warm);
      remove(this.ready, warm);
      this.closing.push(warm);
    }
    if (open > 0) isDue(this, waiting);
    for (let count = 0; count < open; count++) {
      isGranted(this.admission.enter({ granted: (slot) => this.#warm(slot) }, false));
      this.openedSince++;
    }
    check(this);
  }

  #warm(slot: Slot): void {
    const warm: Warm = { slot, promised: false };
    this.opening.push(warm);
    this.stock.began(warm);
  }

  #enter(params: boolean): void {
    this.admission.enter({ granted: (slot) => this.begun.push({ slot, params }) }, true);
  }

  #registered(slot: Slot, params: boolean): void {
    this.calls--;
    this.sessions.push(slot);
    this.lastCall = this.clock.now();
    this.openedSince = 0;
    this.stock.registered(this.clock.now(), params);
  }
}

function isDue({ clock, lastCall }: World, waiting: number): void {
  expect(waiting).toBe(0);
  expect(lastCall).toBeDefined();
  expect(clock.now() - lastCall!).toBeLessThanOrEqual(likely);
}

function isGranted(entered: ReturnType<Admission['enter']>): void {
  expect(entered).toBe('granted');
}

function check({ opening, ready, stock, size, admission, openedSince }: World): void {
  expect(openedSince).toBeLessThanOrEqual(2 * size);
  const kept = [...opening.filter(({ promised }) => !promised), ...ready];
  expect(stock.size).toBe(kept.length);
  expect(kept.length).toBeLessThanOrEqual(size);
  // A call that waits gets the slot of a warm session, where there is one. Of one whose child is just lost that is not known yet.
  const closing = stock.items.length - stock.size;
  const { queued } = admission;
  const usable = kept.filter(({ slot }) => admission.isCurrent(slot) && !admission.isSuspect(slot));
  expect(queued > 0 && usable.length > 0 ? closing : queued).toBeGreaterThanOrEqual(queued);
}

function remove(list: Warm[], warm: Warm): void {
  const at = list.indexOf(warm);
  if (at >= 0) list.splice(at, 1);
}

const child = fc.nat({ max: 2 });
const step: fc.Arbitrary<(world: World) => void> = fc.oneof(
  { weight: 4, arbitrary: fc.boolean().map((params) => (world: World) => world.call(params)) },
  { weight: 4, arbitrary: fc.constant((world: World) => world.begin()) },
  { weight: 4, arbitrary: fc.constant((world: World) => world.warmOpens()) },
  { weight: 3, arbitrary: fc.constant((world: World) => world.ends()) },
  { weight: 2, arbitrary: fc.boolean().map((confirmed) => (world: World) => world.warmCloses(confirmed)) },
  fc.constant((world: World) => world.warmFails()),
  child.map((number) => (world: World) => world.dies(number % world.admission.limits.children)),
  fc.tuple(child, fc.boolean()).map(
    ([number, suspect]) =>
      (world: World) =>
        world.suspect(number % world.admission.limits.children, suspect),
  ),
  fc.integer({ min: 0, max: 8_000 }).map((time) => (world: World) => {
    world.clock.pass(time);
    world.settle();
  }),
  fc.constant((world: World) => world.newRun()),
);

const shape = fc.record({
  children: fc.integer({ min: 1, max: 3 }),
  sessionsPerChild: fc.integer({ min: 1, max: 3 }),
  size: fc.integer({ min: 1, max: 4 }),
});

test('no call waits for the sake of a warm session, none is opened in vain, and no slot is lost', () => {
  fc.assert(
    fc.property(shape, fc.array(step, { maxLength: 60 }), (limits, steps) => {
      const world = new World(limits);
      for (const run of steps) run(world);
      // Everything ends: each call gets its session, and each slot comes back.
      for (let child = 0; child < limits.children; child++) world.dies(child);
      for (let turn = 0; turn < 1_000 && world.calls > 0; turn++) {
        world.begin();
        world.warmOpens();
        world.warmCloses(true);
        world.ends();
      }
      expect(world.calls).toBe(0);
      world.newRun();
      for (const { slot } of [...world.opening, ...world.ready, ...world.closing]) world.admission.release(slot);
      for (const slot of [...world.sessions, ...world.begun.map((call) => call.slot)]) world.admission.release(slot);
      expect(world.admission.used).toBe(0);
    }),
    { numRuns: 1_000 },
  );
});
