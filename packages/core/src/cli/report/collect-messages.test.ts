import { expect, test } from 'vitest';
import { recordValue, type Recorded } from '../../base/transcript-value.ts';
import type { TranscriptEvent } from '../../base/transcript.ts';
import { MessageCollector, pageLimits, type CollectorLimits } from './collect-messages.ts';
import { picturesIn } from './pictures.ts';

function event(s: string, m: Recorded, t = 1): TranscriptEvent {
  return { t, s, e: 'event', m };
}

function collected(limits: Partial<CollectorLimits>, ...events: readonly TranscriptEvent[]): MessageCollector {
  const collector = new MessageCollector(100, { ...pageLimits, ...limits });
  for (const one of events) collector.add(one, JSON.stringify(one).length);
  return collector;
}

const numbered = (s: string, count: number, text = ''): TranscriptEvent[] =>
  Array.from({ length: count }, (_, at) => event(s, `${text}${at}`, at));

const png = `iVBORw0KGgo${'A'.repeat(69)}`;

test('of each session the last messages are kept, and how many were before', () => {
  const { sessions } = collected({ messages: 2 }, ...numbered('a/s1', 5), ...numbered('a/s2', 1));
  expect(sessions.map(({ session, before, messages }) => [session, before, messages.map(({ text }) => text)])).toEqual([
    ['a/s1', 3, ['"3"', '"4"']],
    ['a/s2', 0, ['"0"']],
  ]);
  expect(sessions[0]?.messages[0]?.t).toBe(103);
});

test('long messages are shortened, and the last one of a session is kept, however long it is', () => {
  const long = 'x'.repeat(500);
  const { sessions } = collected(
    { text: 100, session: 50 },
    event('a/s1', { first: long }),
    event('a/s1', { second: long }),
  );
  expect(sessions).toMatchObject([{ before: 1, messages: [{ text: expect.stringMatching(/^\{second: "x+…$/) }] }]);
  expect(sessions[0]?.messages[0]?.text).toHaveLength(100);
});

test('with many sessions each keeps less, and all of them no more than fits', () => {
  const events = Array.from({ length: 100 }, (_, at) => numbered(`a/s${at}`, 20, 'x'.repeat(40))).flat();
  const { sessions, left } = collected({ all: 50_000 }, ...events);
  expect(left).toBe(0);
  expect(sessions).toHaveLength(100);
  expect(JSON.stringify(sessions).length).toBeLessThan(60_000);
  for (const { messages, before } of sessions) expect(messages.length + before).toBe(20);
  // The last of each is there.
  expect(sessions.every(({ messages }) => messages.at(-1)?.text.endsWith('19"'))).toBe(true);
});

test('where even that does not fit, the first sessions have none, and it is told', () => {
  const events = Array.from({ length: 100 }, (_, at) => event(`a/s${at}`, 'x'.repeat(40)));
  const collector = collected({ all: 3_000 }, ...events);
  expect(collector.left + collector.sessions.length).toBe(100);
  expect(collector.left).toBeGreaterThan(50);
  expect(collector.sessions.at(-1)?.session).toBe('a/s99');
});

test('of pictures the last ones are kept', () => {
  const shots = Array.from({ length: 5 }, (_, at) => event('a/s1', { $bytes: png }, at));
  const { sessions } = collected({ pictures: 250 }, ...shots);
  expect(sessions[0]?.messages.map(({ images }) => images?.length)).toEqual([undefined, undefined, undefined, 1, 1]);
});

test('what is no data is named', () => {
  const { sessions } = collected({}, event('a/s1', { $lost: 'a message of 33554432 bytes' }));
  expect(sessions[0]?.messages[0]?.text).toBe('<a message of 33554432 bytes>');
});

test('pictures are found by their first bytes: in bytes, in base64, and in addresses', () => {
  const data = `data:image/png;base64,${png}`;
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(60)]);
  expect(picturesIn(recordValue({ a: [{ shot: jpeg }] }), 1_000)).toEqual([
    `data:image/jpeg;base64,${jpeg.toString('base64')}`,
  ]);
  expect(picturesIn({ data: png, address: data }, 1_000)).toEqual([data, data]);
  expect(picturesIn({ $bytes: png }, 50)).toEqual([]);
  expect(picturesIn([`${png}" onerror="alert(1)`, 'iVBORw0KGgo', { $bytes: 'AAAA' }], 1_000)).toEqual([]);
  expect(
    picturesIn(
      Array.from({ length: 9 }, () => png),
      1_000,
    ),
  ).toHaveLength(4);
});
