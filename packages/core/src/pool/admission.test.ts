import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission, type Slot, type Ticket } from './admission.ts';

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

describe('slots', () => {
  test('are granted at once while there are any', () => {
    const granted: TestTicket[] = [];
    const admission = new Admission(2, 10);
    const [a, b, c] = [new TestTicket(granted), new TestTicket(granted), new TestTicket(granted)];
    expect([a, b, c].map((ticket) => admission.enter(ticket, true))).toEqual(['granted', 'granted', 'queued']);
    expect(granted).toEqual([a, b]);
    expect(admission).toMatchObject({ used: 2, free: 0, queued: 1, peak: 2 });
    admission.release(a.slots[0]!);
    expect(granted).toEqual([a, b, c]);
  });

  test('are refused to a call that does not wait, and when the queue is full', () => {
    const granted: TestTicket[] = [];
    const admission = new Admission(1, 1);
    const enter = (wait: boolean): string => admission.enter(new TestTicket(granted), wait);
    expect([enter(true), enter(false), enter(true), enter(true)]).toEqual(['granted', 'full', 'queued', 'full']);
    expect(granted).toHaveLength(1);
  });

  test('of an earlier child no longer count', () => {
    const admission = new Admission(1, 10);
    const ticket = new TestTicket([]);
    admission.enter(ticket, true);
    admission.renew();
    expect(admission).toMatchObject({ used: 0, free: 1 });
    admission.release(ticket.slots[0]!);
    admission.quarantine(ticket.slots[0]!);
    expect(admission).toMatchObject({ used: 0, free: 1, quarantined: 0 });
  });

  test('whose session may still be open are lost until the next child', () => {
    const granted: TestTicket[] = [];
    const admission = new Admission(1, 10);
    const [first, second] = [new TestTicket(granted), new TestTicket(granted)];
    admission.enter(first, true);
    admission.enter(second, true);
    admission.quarantine(first.slots[0]!);
    expect(granted).toEqual([first]);
    expect(admission).toMatchObject({ used: 0, free: 0, quarantined: 1, queued: 1 });
    admission.renew();
    expect(granted).toEqual([first, second]);
    expect(admission).toMatchObject({ used: 1, quarantined: 0, queued: 0 });
  });

  test('that are granted while one is released still go to the next in the queue', () => {
    const admission = new Admission(1, 10);
    const order: string[] = [];
    const eager = (name: string): Ticket => ({
      granted(slot) {
        order.push(name);
        admission.release(slot);
      },
    });
    let first: Slot | undefined;
    admission.enter({ granted: (slot) => (first = slot) }, true);
    for (const name of ['a', 'b', 'c']) admission.enter(eager(name), true);
    admission.release(first!);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(admission).toMatchObject({ used: 0, queued: 0 });
  });
});

// ── against a model ────────────────────────────────────────────────────────────────────────────────────────────────

interface Model {
  epoch: number;
  /** The holders of slots of the current child. */
  readonly inside: TestTicket[];
  readonly queue: TestTicket[];
  /** The calls that were served, in order. */
  readonly served: TestTicket[];
  lost: number;
}

interface Real {
  readonly admission: Admission;
  readonly granted: TestTicket[];
}

const capacity = 3;
const maxQueued = 4;

function serve(model: Model): void {
  while (model.queue.length > 0 && model.inside.length + model.lost < capacity) {
    const next = model.queue.shift()!;
    model.inside.push(next);
    model.served.push(next);
  }
}

function compare(model: Model, { admission, granted }: Real): void {
  expect(granted).toEqual(model.served);
  expect(admission).toMatchObject({
    used: model.inside.length,
    queued: model.queue.length,
    quarantined: model.lost,
    free: capacity - model.inside.length - model.lost,
    epoch: model.epoch,
  });
  expect(model.inside.length + model.lost).toBeLessThanOrEqual(capacity);
  // No call is granted a slot twice, and every holder has a slot of the current child.
  for (const ticket of granted) expect(ticket.slots).toHaveLength(1);
  for (const ticket of model.inside) expect(ticket.slots[0]!.epoch).toBe(model.epoch);
}

type Move = fc.Command<Model, Real>;

const enter = (wait: boolean): Move => ({
  check: () => true,
  run(model, real) {
    const ticket = new TestTicket(real.granted);
    const free = model.inside.length + model.lost < capacity && model.queue.length === 0;
    const expected = free ? 'granted' : wait && model.queue.length < maxQueued ? 'queued' : 'full';
    if (expected !== 'full') model.queue.push(ticket);
    serve(model);
    expect(real.admission.enter(ticket, wait)).toBe(expected);
    compare(model, real);
  },
  toString: () => `enter(${wait})`,
});

const giveBack = (pick: number, confirmed: boolean): Move => ({
  check: (model) => model.served.length > 0,
  run(model, real) {
    // Also slots of an earlier child, but none that was given back already.
    const holders = model.served.filter((ticket) => ticket.slots.length === 1 && !given.has(ticket));
    const ticket = holders[pick % Math.max(1, holders.length)];
    if (ticket === undefined) return;
    given.add(ticket);
    const at = model.inside.indexOf(ticket);
    if (at >= 0) {
      model.inside.splice(at, 1);
      if (!confirmed) model.lost++;
      else serve(model);
    }
    const [slot] = ticket.slots as [Slot];
    if (confirmed) real.admission.release(slot);
    else real.admission.quarantine(slot);
    compare(model, real);
  },
  toString: () => `${confirmed ? 'release' : 'quarantine'}(${pick})`,
});

const leave = (pick: number): Move => ({
  check: (model) => model.queue.length > 0,
  run(model, real) {
    const [ticket] = model.queue.splice(pick % model.queue.length, 1) as [TestTicket];
    expect(real.admission.leave(ticket)).toBe(true);
    expect(real.admission.leave(ticket)).toBe(false);
    compare(model, real);
  },
  toString: () => `leave(${pick})`,
});

const renew = (): Move => ({
  check: () => true,
  run(model, real) {
    model.epoch++;
    model.inside.splice(0);
    model.lost = 0;
    serve(model);
    real.admission.renew();
    compare(model, real);
  },
  toString: () => 'renew',
});

const given = new Set<TestTicket>();

test('no slot is held twice, no waiter is lost, and the queue is served in order', () => {
  const moves = [
    fc.boolean().map(enter),
    fc.tuple(fc.nat(20), fc.boolean()).map(([pick, confirmed]) => giveBack(pick, confirmed)),
    fc.nat(20).map((pick) => giveBack(pick, true)),
    fc.nat(20).map(leave),
    fc.constant(undefined).map(renew),
  ];
  fc.assert(
    fc.property(fc.commands(moves, { maxCommands: 60 }), (commands) => {
      given.clear();
      const setup = (): { model: Model; real: Real } => ({
        model: { epoch: 0, inside: [], queue: [], served: [], lost: 0 },
        real: { admission: new Admission(capacity, maxQueued), granted: [] },
      });
      fc.modelRun(setup, commands);
    }),
    { numRuns: 150 },
  );
});
