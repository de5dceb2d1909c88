import { expect, test } from 'vitest';
import { FakeClock } from '../../../test/support/clock.ts';
import { Frame } from '../../codec/frame.ts';
import { json } from '../../codec/json.ts';
import { Journal } from '../../session/journal.ts';
import { Passing } from '../../session/passing.ts';
import { op } from '../../wire/frames.ts';
import type { ObservedBody, ObservedFilter } from '../../wire/observe.ts';
import { isMeant, Observer } from './observer.ts';

function observed(filter: ObservedFilter = {}, characters?: number) {
  const clock = new FakeClock();
  const passing = new Passing();
  const bodies: ObservedBody[] = [];
  const connection = {
    backlog: 0,
    writeJson(kind: number, _session: number, _call: number, body: unknown) {
      expect(kind).toBe(op.OBSERVED);
      bodies.push(body as ObservedBody);
    },
  };
  const observer = new Observer({ connection, clock, passing, filter, characters, time: () => clock.now() });
  const journal = new Journal('browser', passing);
  const says = (message: object, id = 's1', holder = { test: 'cart › adds', file: 'cart.test.ts' }): void =>
    journal.pass('out', { id, holder }, Frame.of(message, json));
  const texts = (): string[] => bodies.flatMap(({ messages }) => messages.map(({ text }) => text));
  return { clock, passing, connection, observer, journal, bodies, says, texts };
}

test('messages come in their order, a little later, with their session, test and time', () => {
  const { clock, journal, bodies, says } = observed();
  says({ type: 'query' });
  journal.pass('in', { id: 'root' }, 20_000);
  expect(bodies).toEqual([]);
  clock.pass(50);
  const holder = { test: 'cart › adds', file: 'cart.test.ts', shard: undefined, run: undefined };
  const nobody = { test: undefined, file: undefined, shard: undefined, run: undefined };
  expect(bodies).toEqual([
    {
      messages: [
        { time: 1_000, pool: 'browser', session: 's1', direction: 'out', text: '{type: "query"}', ...holder },
        { time: 1_000, pool: 'browser', session: undefined, direction: 'in', text: '<20000 bytes>', ...nobody },
      ],
      lost: undefined,
    },
  ]);
  says({ type: 'later' });
  clock.pass(50);
  expect(bodies).toHaveLength(2);
});

test('secrets are not shown, and a message is as long as is wanted, within a bound', () => {
  const short = observed();
  short.says({
    password: 'hunter2hunter2',
    note: 'x'.repeat(50),
    list: Array.from({ length: 12 }, () => 'y'.repeat(50)),
  });
  short.clock.pass(50);
  expect(short.texts()[0]).not.toContain('hunter2');
  expect(short.texts()[0]).toHaveLength(200);
  const long = observed({}, 1e9);
  long.says({ list: Array.from({ length: 12 }, () => 'y'.repeat(50)) });
  long.clock.pass(50);
  expect(long.texts()[0]?.length).toBeGreaterThan(600);
});

test('with more characters than evidence has, one long text and a long list are shown as a whole', () => {
  const text = 'y'.repeat(5_000);
  const list = Array.from({ length: 50 }, (_, n) => n);
  const whole = observed({}, 16 * 1024);
  whole.says({ text, list });
  whole.clock.pass(50);
  expect(whole.texts()).toEqual([`{text: "${text}", list: [${list.join(', ')}]}`]);
  const part = observed({}, 2_000);
  part.says({ text });
  part.clock.pass(50);
  expect(part.texts()[0]).toHaveLength(2_000);
});

test('what comes faster than it can be shown is lost, counted where it is missing, and costs one number', () => {
  const { clock, bodies, says } = observed();
  for (let n = 0; n < 5_000; n++) says({ n });
  clock.pass(50);
  const shown = bodies.flatMap(({ messages }) => messages);
  expect(shown).toHaveLength(1_000);
  expect(shown.at(-1)?.text).toBe('{n: 999}');
  expect(bodies.map(({ lost }) => lost).filter((lost) => lost !== undefined)).toEqual([4_000]);
  says({ n: 'after' });
  clock.pass(50);
  expect(bodies.at(-1)).toMatchObject({ messages: [{ text: '{n: "after"}' }], lost: undefined });
});

test('an observer that does not read gets nothing more until it does', () => {
  const { clock, connection, bodies, says } = observed();
  connection.backlog = 10 * 1024 * 1024;
  for (let n = 0; n < 1_500; n++) {
    says({ n });
    clock.pass(1);
  }
  expect(bodies).toEqual([]);
  connection.backlog = 0;
  clock.pass(50);
  expect(bodies.flatMap(({ messages }) => messages)).toHaveLength(1_000);
  expect(bodies.map(({ lost }) => lost)).toContain(500);
});

test('to describe messages takes at most a tenth of the time', () => {
  const { clock, bodies, passing } = observed();
  const slow = { toString: () => '', describe: () => (clock.stall(2), 'slow') } as unknown as Frame;
  for (let n = 0; n < 100; n++) passing.tell({ pool: 'browser', direction: 'in', speaker: { id: 's1' }, frame: slow });
  clock.pass(50);
  expect(bodies.map(({ messages }) => messages.length)).toEqual([3]);
});

test('several observers share the time in which messages are described', () => {
  const { clock, bodies, passing, connection, observer } = observed();
  observer.end();
  // What is described takes time, in which no timer fires.
  let taken = 0;
  const slowed = { now: () => clock.now() + taken, after: clock.after.bind(clock) };
  const of = { connection, clock: slowed, passing, filter: {}, time: () => clock.now() };
  const observers = Array.from({ length: 5 }, () => new Observer(of));
  const slow = { toString: () => '', describe: () => ((taken += 0.25), 'slow') } as unknown as Frame;
  for (let n = 0; n < 100; n++) passing.tell({ pool: 'browser', direction: 'in', speaker: { id: 's1' }, frame: slow });
  clock.pass(50);
  expect(bodies.map(({ messages }) => messages.length)).toEqual([4, 4, 4, 4, 4]);
  for (const one of observers) one.end();
});

test('at its end it is told how many are not shown', () => {
  const { clock, bodies, passing, observer } = observed();
  const slow = { toString: () => '', describe: () => (clock.stall(2), 'slow') } as unknown as Frame;
  for (let n = 0; n < 1_100; n++)
    passing.tell({ pool: 'browser', direction: 'in', speaker: { id: 's1' }, frame: slow });
  observer.end();
  const shown = bodies.reduce((sum, { messages }) => sum + messages.length, 0);
  expect(shown).toBeGreaterThan(0);
  expect(bodies.at(-1)).toEqual({ messages: [], lost: 1_100 - shown });
  clock.pass(1_000);
  expect(bodies).toHaveLength(2);
});

test('while nothing looks, a message costs nothing but a check; after the end nothing comes', () => {
  const { passing, observer, bodies, says, clock } = observed();
  expect(passing.idle).toBe(false);
  says({ type: 'last' });
  observer.end();
  expect(bodies).toHaveLength(1);
  expect(passing.idle).toBe(true);
  passing.tell = () => expect.unreachable();
  says({ type: 'unseen' });
  clock.pass(1_000);
  expect(bodies).toHaveLength(1);
});

test('a filter wants a session by its pool, its id, and part of the name or file of its test', () => {
  const of = { pool: 'browser', id: 's1', test: 'cart › adds', file: '/code/cart.test.ts' };
  expect(isMeant({}, of)).toBe(true);
  expect(isMeant({ pool: 'browser', session: 's1', test: 'adds' }, of)).toBe(true);
  expect(isMeant({ test: 'cart.test' }, of)).toBe(true);
  expect(isMeant({ test: 'Adds' }, of)).toBe(false);
  expect(isMeant({ session: 's11' }, of)).toBe(false);
  expect(isMeant({ pool: 'other' }, of)).toBe(false);
  const named = { ...of, poolId: 'browser#2' };
  expect(isMeant({ pool: 'browser' }, named)).toBe(true);
  expect(isMeant({ pool: 'browser#2' }, named)).toBe(true);
  expect(isMeant({ pool: 'browser#1' }, named)).toBe(false);
  expect(isMeant({ session: 's1' }, { pool: 'browser' })).toBe(false);
});
