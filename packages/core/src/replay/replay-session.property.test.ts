// A conversation that is replayed as it was recorded gives what was recorded, in its order; and in whatever order the test
// sends, nothing comes before what it was recorded after.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOut, type RecordedEvent, type RecordedOut } from './recorded-session.ts';
import { ReplaySession, type Arriving } from './replay-session.ts';

/** What a test and a child may do in turn: a number chooses among the open requests and questions. */
const moves = fc.array(
  fc.record({
    what: fc.constantFrom('send', 'request', 'answer', 'reply', 'step', 'refusal', 'event', 'ask'),
    which: fc.nat(5),
    m: fc.oneof(fc.nat(3), fc.record({ type: fc.constantFrom('a', 'b'), by: fc.nat(2) })),
  }),
  { maxLength: 40 },
);

type Moves = typeof moves extends fc.Arbitrary<infer T> ? T : never;

function conversation(all: Moves): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  const open = { requests: [] as number[], questions: [] as number[] };
  let [requests, questions] = [0, 0];
  all.forEach(({ what, which, m }, t) => {
    const pick = (from: number[]): number | undefined => from[which % Math.max(1, from.length)];
    if (what === 'send' || what === 'event') events.push({ kind: what, m, t });
    else if (what === 'request') {
      open.requests.push(++requests);
      events.push({ kind: what, n: requests, m, t });
    } else if (what === 'ask') {
      open.questions.push(++questions);
      events.push({ kind: what, n: questions, m, t });
    } else {
      const from = what === 'answer' ? open.questions : open.requests;
      const n = pick(from);
      if (n === undefined) return;
      if (what !== 'step') from.splice(from.indexOf(n), 1);
      events.push({ kind: what, n, m, t });
    }
  });
  return events;
}

const keyOf = ({ n }: Pick<RecordedOut, 'n'>): string => `key of ${n}`;

function send(session: ReplaySession, { kind, m, n }: RecordedOut): boolean {
  return session.sent({ kind, m, key: kind === 'request' ? keyOf({ n }) : undefined, n });
}

function taken(session: ReplaySession): Arriving[] {
  const all: Arriving[] = [];
  for (let next = session.take(); next !== undefined; next = session.take()) all.push(next);
  return all;
}

/** What comes for a recorded event, if requests are sent under their own keys. */
function arrivingOf(event: RecordedEvent): Arriving | undefined {
  if (isOut(event)) return undefined;
  if (event.kind === 'lost') return event;
  const { kind, m, n = 0 } = event;
  if (kind === 'event') return { kind, m };
  return kind === 'ask' ? { kind, n, m } : { kind, key: keyOf({ n }), m, n };
}

/** With the request in the place of its key: equal ones are told apart by nothing, and the first has the first reply. */
function withRequests(arriving: readonly (Arriving | undefined)[], events: readonly RecordedEvent[]): unknown[] {
  const requests = new Map(events.flatMap((event) => (event.kind === 'request' ? [[keyOf(event), event.m]] : [])));
  return arriving.flatMap((one) => {
    if (one === undefined) return [];
    return 'key' in one ? { ...one, key: requests.get(one.key) } : one;
  });
}

test('sent as then, the same comes as then, at the same places', () => {
  fc.assert(
    fc.property(moves, (all) => {
      const events = conversation(all);
      const session = new ReplaySession(events);
      const found: (Arriving | undefined)[] = taken(session);
      for (const event of events.filter(isOut)) {
        // All that was recorded before it has come.
        const before = events.slice(0, events.indexOf(event)).map(arrivingOf);
        expect(found).toEqual(before.filter((one) => one !== undefined));
        expect(send(session, event)).toBe(true);
        found.push(...taken(session));
      }
      expect(found).toEqual(events.map(arrivingOf).filter((one) => one !== undefined));
      expect(session.unsent()).toEqual([]);
      expect(session.blocked()).toBeUndefined();
    }),
  );
});

test('in any order: each comes once, in the recorded order, after all that was sent before it, and in the end all came', () => {
  fc.assert(
    fc.property(moves, fc.infiniteStream(fc.nat()), (all, order) => {
      const events = conversation(all);
      const session = new ReplaySession(events);
      const left = events.filter(isOut);
      const sent = new Set<RecordedEvent>();
      const found: Arriving[] = taken(session);
      while (left.length > 0) {
        const [next] = left.splice((order.next().value as number) % left.length, 1) as [RecordedOut];
        expect(send(session, next)).toBe(true);
        sent.add(next);
        found.push(...taken(session));
        const { waitsFor } = session.blocked() ?? {};
        const expected = events.slice(0, waitsFor === undefined ? undefined : events.indexOf(waitsFor));
        expect(withRequests(found, events)).toEqual(withRequests(expected.map(arrivingOf), events));
        expect(session.unsent()).toHaveLength(left.length);
      }
      expect(withRequests(found, events)).toEqual(withRequests(events.map(arrivingOf), events));
      expect(session.isAwaited).toBe(false);
    }),
  );
});

test('what was not recorded is refused, and changes nothing', () => {
  const events: RecordedEvent[] = [
    { kind: 'request', n: 1, m: { type: 'a' }, t: 0 },
    { kind: 'reply', n: 1, m: 'one', t: 1 },
  ];
  const session = new ReplaySession(events);
  expect(session.sent({ kind: 'request', m: { type: 'b' }, key: 'k' })).toBe(false);
  expect(session.sent({ kind: 'send', m: { type: 'a' } })).toBe(false);
  expect(session.take()).toBeUndefined();
  expect(session.sent({ kind: 'request', m: { type: 'a' }, key: 'k' })).toBe(true);
  expect(taken(session)).toEqual([{ kind: 'reply', key: 'k', m: 'one', n: 1 }]);
  expect(session.sent({ kind: 'request', m: { type: 'a' }, key: 'l' })).toBe(false);
});

test('a reply that waits for something else names it, with the time that lay between', () => {
  const events: RecordedEvent[] = [
    { kind: 'request', n: 1, m: 'ask', t: 100 },
    { kind: 'send', m: 'go on', t: 340 },
    { kind: 'step', n: 1, m: 'half', t: 350 },
    { kind: 'reply', n: 1, m: 'done', t: 360 },
  ];
  const session = new ReplaySession(events);
  expect(session.sent({ kind: 'request', m: 'ask', key: 'k' })).toBe(true);
  expect(taken(session)).toEqual([]);
  expect(session.blocked()).toEqual({ waitsFor: events[1], gap: 240 });
  expect([...session.waiting]).toEqual(['k']);
  session.giveUp('k');
  expect(session.isAwaited).toBe(false);
  expect(session.sent({ kind: 'send', m: 'go on' })).toBe(true);
  expect(taken(session)).toEqual([]);
});

test('an answer is that to its question, also where another one was answered alike', () => {
  const events: RecordedEvent[] = [
    { kind: 'ask', n: 1, m: 'first?', t: 0 },
    { kind: 'ask', n: 2, m: 'second?', t: 1 },
    { kind: 'answer', n: 1, m: 'yes', t: 2 },
    { kind: 'event', m: 'after the first', t: 3 },
    { kind: 'answer', n: 2, m: 'yes', t: 4 },
    { kind: 'event', m: 'after the second', t: 5 },
  ];
  const session = new ReplaySession(events);
  expect(taken(session)).toHaveLength(2);
  expect(session.sent({ kind: 'answer', n: 2, m: 'yes' })).toBe(true);
  expect(taken(session)).toEqual([]);
  expect(session.sent({ kind: 'answer', n: 1, m: 'yes' })).toBe(true);
  expect(taken(session)).toMatchObject([{ m: 'after the first' }, { m: 'after the second' }]);
});

test('a request that nothing answers is known once all that was recorded for it has come', () => {
  const events: RecordedEvent[] = [
    { kind: 'request', n: 1, m: 'a', t: 0 },
    { kind: 'request', n: 2, m: 'b', t: 0 },
    { kind: 'step', n: 1, m: 'half', t: 1 },
    { kind: 'send', m: 'c', t: 2 },
    { kind: 'step', n: 1, m: 'more', t: 3 },
  ];
  const session = new ReplaySession(events);
  for (const m of ['a', 'b']) expect(session.sent({ kind: 'request', m, key: `key of ${m}` })).toBe(true);
  expect(taken(session)).toHaveLength(1);
  // The other one has a step to come.
  expect(session.unanswered).toEqual(['key of b']);
  expect(session.sent({ kind: 'send', m: 'c' })).toBe(true);
  expect(taken(session)).toHaveLength(1);
  expect(session.unanswered).toEqual(['key of a', 'key of b']);
  session.giveUp('key of a');
  expect(session.unanswered).toEqual(['key of b']);
  expect(session.isAwaited).toBe(false);
  const asked = (other: ReplaySession): readonly string[] => {
    other.sent({ kind: 'request', m: 'b', key: 'k' });
    return other.unanswered;
  };
  expect(asked(new ReplaySession(events, new Set([2])))).toEqual([]);
  const lost: RecordedEvent = { kind: 'lost', by: 'child', reason: 'because its child has ended', t: 4 };
  expect(asked(new ReplaySession([...events, lost]))).toEqual([]);
});

test('what is asked after each message takes no longer in a long session', () => {
  const sends = Array.from({ length: 150_000 }, (_, t): RecordedEvent => ({ kind: 'send', m: t, t }));
  let reads = 0;
  const events = new Proxy([{ kind: 'request', n: 1, m: 'a', t: 0 } as RecordedEvent, ...sends], {
    get(target, name, receiver): unknown {
      reads++;
      return Reflect.get(target, name, receiver);
    },
  });
  const session = new ReplaySession(events);
  session.sent({ kind: 'request', m: 'a', key: 'k' });
  for (const { m } of sends.slice(0, -1) as RecordedOut[]) {
    session.sent({ kind: 'send', m });
    session.take();
  }
  reads = 0;
  expect(session.blocked()).toEqual({ waitsFor: sends.at(-1), gap: 1 });
  expect(session.isAwaited).toBe(false);
  expect(reads).toBeLessThan(10);
});
