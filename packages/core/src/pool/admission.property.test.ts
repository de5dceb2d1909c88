// Admission against a model that is too simple to be wrong: after any sequence of calls, no child holds too many sessions,
// no slot is given twice, no waiter is lost, and the queue is served in order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Admission, type AdmissionLimits, type Slot, type Ticket } from './admission.ts';

class TestTicket implements Ticket {
  readonly slots: Slot[] = [];
  readonly #arrived: TestTicket[];

  constructor(arrived: TestTicket[]) {
    this.#arrived = arrived;
  }

  granted(slot: Slot): void {
    this.slots.push(slot);
    this.#arrived.push(this);
  }
}

interface ModelChild {
  epoch: number;
  phase: 'absent' | 'starting' | 'serving' | 'ending';
  /** The holders of its slots, in this epoch. */
  readonly inside: Set<TestTicket>;
  lost: number;
  suspect: boolean;
}

class Model {
  readonly limits: AdmissionLimits;
  readonly children: ModelChild[];
  readonly queue: TestTicket[] = [];
  /** The calls that were served, in order, with the child that each was served by. */
  readonly served: { readonly ticket: TestTicket; readonly child: number }[] = [];
  /** Those that have not given their slot back. */
  readonly holders = new Set<TestTicket>();
  peak = 0;

  constructor(limits: AdmissionLimits) {
    this.limits = limits;
    this.children = Array.from({ length: limits.children }, () => ({
      epoch: 0,
      phase: 'absent',
      inside: new Set<TestTicket>(),
      lost: 0,
      suspect: false,
    }));
  }

  free({ phase, inside, lost, suspect }: ModelChild): number {
    return phase === 'ending' || suspect ? 0 : this.limits.sessionsPerChild - inside.size - lost;
  }

  get used(): number {
    return this.children.reduce((sum, { inside }) => sum + inside.size, 0);
  }

  /** What the documentation says, step by step. */
  next(): ModelChild | undefined {
    const load = ({ inside, lost }: ModelChild): number => inside.size + lost;
    const joinsStart = (child: ModelChild): boolean => child.phase !== 'serving' && load(child) > 0;
    const order = { serving: 0, starting: 1, absent: 2, ending: 3 };
    return this.children
      .filter((child) => this.free(child) > 0)
      .sort(
        (a, b) =>
          Number(joinsStart(a)) - Number(joinsStart(b)) ||
          load(a) - load(b) ||
          (joinsStart(a) ? 0 : order[a.phase] - order[b.phase]) ||
          this.children.indexOf(a) - this.children.indexOf(b),
      )[0];
  }

  serve(): void {
    for (let child = this.next(); this.queue.length > 0 && child !== undefined; child = this.next()) {
      const ticket = this.queue.shift()!;
      child.inside.add(ticket);
      this.holders.add(ticket);
      this.served.push({ ticket, child: this.children.indexOf(child) });
      this.peak = Math.max(this.peak, this.used);
    }
  }

  renew(child: ModelChild): void {
    child.epoch++;
    child.phase = 'absent';
    child.inside.clear();
    child.lost = 0;
    child.suspect = false;
    this.serve();
  }
}

interface Real {
  readonly admission: Admission;
  readonly granted: TestTicket[];
}

function compare(model: Model, { admission, granted }: Real): void {
  const { children, limits, queue, served, peak, used } = model;
  expect(granted).toEqual(served.map(({ ticket }) => ticket));
  expect(granted.map(({ slots }) => slots[0]?.child)).toEqual(served.map(({ child }) => child));
  expect(admission).toMatchObject({
    used,
    peak,
    queued: queue.length,
    quarantined: children.reduce((sum, { lost }) => sum + lost, 0),
    free: children.reduce((sum, child) => sum + model.free(child), 0),
  });
  expect(used).toBeLessThanOrEqual(limits.children * limits.sessionsPerChild);
  // No call is granted a slot twice, and every holder has a slot of the present life of its child.
  for (const ticket of granted) expect(ticket.slots).toHaveLength(1);
  for (const [number, { inside, lost, epoch }] of children.entries()) {
    expect(inside.size + lost).toBeLessThanOrEqual(limits.sessionsPerChild);
    for (const ticket of inside) expect(ticket.slots).toEqual([{ child: number, epoch }]);
  }
  // None waits beside a free slot.
  if (queue.length > 0) expect(admission.free).toBe(0);
}

type Move = fc.Command<Model, Real>;

const move = (name: string, run: (model: Model, real: Real) => void): Move => ({
  check: () => true,
  run(model, real) {
    run(model, real);
    compare(model, real);
  },
  toString: () => name,
});

const enter = (wait: boolean): Move =>
  move(`enter(${wait})`, (model, real) => {
    const ticket = new TestTicket(real.granted);
    const free = model.queue.length === 0 && model.next() !== undefined;
    const expected = free ? 'granted' : wait && model.queue.length < model.limits.maxQueued ? 'queued' : 'full';
    if (expected !== 'full') model.queue.push(ticket);
    model.serve();
    expect(real.admission.enter(ticket, wait)).toBe(expected);
  });

/** Also a slot of an earlier life, but none that was given back already. */
const giveBack = (pick: number, confirmed: boolean): Move =>
  move(`${confirmed ? 'release' : 'quarantine'}(${pick})`, (model, real) => {
    const holders = [...model.holders];
    const ticket = holders[pick % Math.max(1, holders.length)];
    if (ticket === undefined) return;
    model.holders.delete(ticket);
    const [slot] = ticket.slots as [Slot];
    const child = model.children.find(({ inside }) => inside.delete(ticket));
    if (!confirmed && child !== undefined) child.lost++;
    model.serve();
    if (confirmed) real.admission.release(slot);
    else expect(real.admission.quarantine(slot)).toBe(child?.lost ?? 0);
  });

/** A slot of an earlier life changes nothing. */
const suspect = (pick: number, suspicious: boolean): Move =>
  move(`${suspicious ? 'suspect' : 'cleared'}(${pick})`, (model, { admission, granted }) => {
    const slot = granted[pick % Math.max(1, granted.length)]?.slots[0];
    const child = slot && model.children[slot.child];
    if (slot === undefined || child === undefined) return;
    if (child.epoch === slot.epoch) child.suspect = suspicious;
    model.serve();
    if (suspicious) admission.suspect(slot, 'it is silent');
    else admission.cleared(slot);
  });

const leave = (pick: number): Move =>
  move(`leave(${pick})`, ({ queue }, { admission }) => {
    if (queue.length === 0) return;
    const [ticket] = queue.splice(pick % queue.length, 1) as [TestTicket];
    expect(admission.leave(ticket)).toBe(true);
    expect(admission.leave(ticket)).toBe(false);
  });

/** Its next step on the way from absent to serving. */
const advance = (pick: number): Move =>
  move(`advance(${pick})`, ({ children }, { admission }) => {
    const number = pick % children.length;
    const child = children[number]!;
    if (child.phase === 'absent') {
      child.phase = 'starting';
      admission.starting(number);
    } else if (child.phase === 'starting') {
      child.phase = 'serving';
      admission.serving(number);
    }
  });

const retire = (pick: number): Move =>
  move(`retire(${pick})`, (model, { admission }) => {
    const number = pick % model.children.length;
    const child = model.children[number]!;
    if (child.phase !== 'starting' && child.phase !== 'serving') return;
    if (model.limits.sessionsPerChild === 1) child.phase = 'ending';
    else model.renew(child);
    admission.retired(number);
  });

/** Also that of a shared child, whose successor serves already. */
const end = (pick: number): Move =>
  move(`end(${pick})`, (model, { admission }) => {
    const number = pick % model.children.length;
    const child = model.children[number]!;
    if (child.phase === 'ending') model.renew(child);
    admission.gone(number);
  });

const moves = [
  fc.boolean().map(enter),
  fc.constant(true).map(enter),
  fc.tuple(fc.nat(20), fc.boolean()).map(([pick, confirmed]) => giveBack(pick, confirmed)),
  fc.nat(20).map((pick) => giveBack(pick, true)),
  fc.tuple(fc.nat(20), fc.boolean()).map(([pick, suspicious]) => suspect(pick, suspicious)),
  fc.nat(20).map(leave),
  fc.nat(20).map(advance),
  fc.nat(20).map(advance),
  fc.nat(20).map(retire),
  fc.nat(20).map(end),
];

const limits = fc.record({
  children: fc.integer({ min: 1, max: 4 }),
  sessionsPerChild: fc.integer({ min: 1, max: 3 }),
  maxQueued: fc.integer({ min: 0, max: 5 }),
});

test('after any calls in any order admission agrees with the model, and at the end all slots are free', () => {
  fc.assert(
    fc.property(limits, fc.commands(moves, { maxCommands: 80 }), (bounds, commands) => {
      const model = new Model(bounds);
      const real: Real = { admission: new Admission(bounds), granted: [] };
      fc.modelRun(() => ({ model, real }), commands);
      // Every waiter gives up, every session ends, every child is gone.
      for (const ticket of model.queue.splice(0)) expect(real.admission.leave(ticket)).toBe(true);
      for (const { slots } of model.holders) real.admission.release(slots[0]!);
      for (const child of model.children.keys()) {
        real.admission.retired(child);
        real.admission.gone(child);
      }
      const all = bounds.children * bounds.sessionsPerChild;
      expect(real.admission).toMatchObject({ used: 0, queued: 0, quarantined: 0, free: all, ending: 0 });
      const taken = Array.from({ length: all + 1 }, () => real.admission.enter(new TestTicket([]), false));
      expect(taken).toEqual([...Array.from({ length: all }, () => 'granted'), 'full']);
    }),
    { numRuns: 300 },
  );
});
