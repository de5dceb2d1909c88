import { describe, expect, test } from 'vitest';
import { Admission, type AdmissionLimits, type Slot, type Ticket } from './admission.ts';

class TestTicket implements Ticket {
  readonly slots: Slot[] = [];
  readonly run: string | undefined;
  readonly #arrived: TestTicket[];

  constructor(arrived: TestTicket[], run?: string) {
    this.#arrived = arrived;
    this.run = run;
  }

  granted(slot: Slot): void {
    this.slots.push(slot);
    this.#arrived.push(this);
  }
}

/** One child, unless the test says more. */
function admissionOf(limits: Partial<AdmissionLimits>): Admission {
  return new Admission({ children: 1, sessionsPerChild: 1, maxQueued: 10, ...limits });
}

describe('slots', () => {
  test('are granted at once while there are any', () => {
    const granted: TestTicket[] = [];
    const admission = admissionOf({ sessionsPerChild: 2 });
    const [a, b, c] = [new TestTicket(granted), new TestTicket(granted), new TestTicket(granted)];
    expect([a, b, c].map((ticket) => admission.enter(ticket, true))).toEqual(['granted', 'granted', 'queued']);
    expect(granted).toEqual([a, b]);
    expect(admission).toMatchObject({ used: 2, free: 0, queued: 1, peak: 2 });
    admission.release(a.slots[0]!);
    expect(granted).toEqual([a, b, c]);
  });

  test('are refused to a call that does not wait, and when the queue is full', () => {
    const granted: TestTicket[] = [];
    const admission = admissionOf({ maxQueued: 1 });
    const enter = (wait: boolean): string => admission.enter(new TestTicket(granted), wait);
    expect([enter(true), enter(false), enter(true), enter(true)]).toEqual(['granted', 'full', 'queued', 'full']);
    expect(granted).toHaveLength(1);
  });

  test('are given to each run in turn, and the bound of the queue is one of each run', () => {
    const granted: TestTicket[] = [];
    const admission = admissionOf({ maxQueued: 2 });
    const enter = (run: string): string => admission.enter(new TestTicket(granted, run), true);
    expect(['a', 'a', 'a', 'a', 'b', 'b'].map(enter)).toEqual([
      'granted',
      'queued',
      'queued',
      'full',
      'queued',
      'queued',
    ]);
    for (let served = 0; served < 4; served++) admission.release(granted[served]!.slots[0]!);
    expect(granted.map(({ run }) => run).join('')).toBe('aabab');
  });

  test('of an earlier child no longer count', () => {
    const admission = admissionOf({ sessionsPerChild: 2 });
    const ticket = new TestTicket([]);
    admission.enter(ticket, true);
    const [slot] = ticket.slots as [Slot];
    expect(admission.isCurrent(slot)).toBe(true);
    admission.retired(0);
    expect(admission.isCurrent(slot)).toBe(false);
    expect(admission).toMatchObject({ used: 0, free: 2 });
    admission.release(slot);
    expect(admission.quarantine(slot)).toBe(0);
    expect(admission).toMatchObject({ used: 0, free: 2, quarantined: 0 });
  });

  test('whose session may still be open are lost until the next child', () => {
    const granted: TestTicket[] = [];
    const admission = admissionOf({ sessionsPerChild: 2 });
    const tickets = [1, 2, 3].map(() => new TestTicket(granted));
    for (const ticket of tickets) admission.enter(ticket, true);
    expect(admission.quarantine(tickets[0]!.slots[0]!)).toBe(1);
    expect(granted).toHaveLength(2);
    expect(admission).toMatchObject({ used: 1, free: 0, quarantined: 1, queued: 1 });
    admission.retired(0);
    expect(granted).toEqual(tickets);
    expect(admission).toMatchObject({ used: 1, quarantined: 0, queued: 0 });
  });

  test('that are granted while one is released still go to the next in the queue', () => {
    const admission = admissionOf({});
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

describe('several children', () => {
  /** Takes a slot, and says on which child. */
  function take(admission: Admission): Slot | undefined {
    const ticket = new TestTicket([]);
    admission.enter(ticket, false);
    return ticket.slots[0];
  }
  const childrenOf = (admission: Admission, count: number): unknown[] =>
    Array.from({ length: count }, () => take(admission)?.child);

  test('get sessions by their load, the lower number first', () => {
    const admission = admissionOf({ children: 3, sessionsPerChild: 2 });
    expect(childrenOf(admission, 7)).toEqual([0, 1, 2, 0, 1, 2, undefined]);
  });

  test('that serve come before those that would have to be started', () => {
    const admission = admissionOf({ children: 3, sessionsPerChild: 2 });
    for (const child of [1, 2]) admission.starting(child);
    admission.serving(2);
    expect(childrenOf(admission, 6)).toEqual([2, 1, 0, 2, 0, 1]);
  });

  test('that start for another session come last: a free slot elsewhere need not wait for them', () => {
    const admission = admissionOf({ children: 2, sessionsPerChild: 4 });
    admission.starting(0);
    admission.serving(0);
    expect(childrenOf(admission, 2)).toEqual([0, 1]);
    admission.starting(1);
    expect(childrenOf(admission, 3)).toEqual([0, 0, 0]);
    admission.serving(1);
    expect(childrenOf(admission, 4)).toEqual([1, 1, 1, undefined]);
  });

  test('lose slots each on its own, and are retired each on its own', () => {
    const admission = admissionOf({ children: 2, sessionsPerChild: 2 });
    const slots = [1, 2, 3, 4].map(() => take(admission)!);
    expect(admission.quarantine(slots[0]!)).toBe(1);
    expect(admission.quarantine(slots[1]!)).toBe(1);
    expect(admission.quarantine(slots[2]!)).toBe(2);
    admission.retired(0);
    expect(admission).toMatchObject({ used: 1, quarantined: 1, free: 2 });
    expect(childrenOf(admission, 3)).toEqual([0, 0, undefined]);
    expect(admission.isCurrent(slots[3]!)).toBe(true);
  });
});

describe('a child with one session at a time', () => {
  test('is succeeded when it is gone', () => {
    const granted: TestTicket[] = [];
    const admission = admissionOf({ children: 2 });
    const tickets = [1, 2, 3].map(() => new TestTicket(granted));
    for (const ticket of tickets) admission.enter(ticket, true);
    const [first] = tickets[0]!.slots as [Slot];
    admission.retired(0);
    expect(admission.isCurrent(first)).toBe(false);
    expect(admission.maySpawn(0)).toBe(false);
    // Its last session still holds the slot.
    expect(admission).toMatchObject({ used: 2, free: 0, queued: 1, ending: 0 });
    admission.release(first);
    expect(admission).toMatchObject({ used: 1, free: 0, queued: 1, ending: 1 });
    admission.gone(0);
    expect(admission).toMatchObject({ used: 2, free: 0, queued: 0, ending: 0 });
    expect(tickets[2]!.slots).toEqual([{ child: 0, epoch: 1 }]);
  });

  test('is succeeded even if the end of its session was not confirmed', () => {
    const admission = admissionOf({});
    const ticket = new TestTicket([]);
    admission.enter(ticket, true);
    expect(admission.quarantine(ticket.slots[0]!)).toBe(1);
    admission.retired(0);
    expect(admission).toMatchObject({ used: 0, free: 0, quarantined: 1, ending: 0 });
    admission.gone(0);
    expect(admission).toMatchObject({ used: 0, free: 1, quarantined: 0 });
  });
});
