/** The dialect against a renderer that says what the test wants, over a transport in memory. */
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Frame } from '../../src/codec/frame.ts';
import { json } from '../../src/codec/json.ts';
import type { Settings } from '../../src/dialects/plushie/messages.ts';
import { plushieProtocol } from '../../src/dialects/plushie/protocol.ts';
import type { Messages, Protocol } from '../../src/protocol/protocol.ts';
import type { Conversation } from '../../src/session/conversation.ts';
import { Mux } from '../../src/session/mux.ts';
import type { CloseReason } from '../../src/session/state.ts';
import { memoryPair } from '../../src/transport/memory.ts';
import { until } from '../support/pools.ts';

interface Message {
  readonly type: string;
  readonly session: string;
  readonly [field: string]: unknown;
}

/** A mux with the dialect on one side; on the other, what it says is heard and what the test wants is said. */
function renderer(settings?: Settings) {
  const [ours, theirs] = memoryPair();
  const heard: Message[] = [];
  theirs.start({ frame: (frame) => void heard.push(frame.message as Message), closed: () => {} });
  const mux = new Mux({
    transport: ours,
    protocol: plushieProtocol({ protocolVersion: 1, settings }) as Protocol<Messages>,
    format: json,
    clock: systemClock,
    closed: () => {},
  });
  return {
    mux,
    heard,
    say: (message: object) => theirs.send(Frame.of(message, json)),
    hears: async (type: string, times = 1) => {
      await until(`it hears ${type}`, () => heard.filter((message) => message.type === type).length >= times);
      return heard.filter((message) => message.type === type).at(-1) as Message;
    },
    async open(id: string) {
      const events: Message[] = [];
      const closed = Promise.withResolvers<CloseReason>();
      const listener = {
        event: (frame: Frame) => void events.push(frame.message as Message),
        ask: () => {},
        closed: closed.resolve,
      };
      const { conversation, opened } = mux.open({ id, listener, timeout: 1_000 });
      await opened;
      return { conversation, events, closed: closed.promise };
    },
  };
}

function closedEvent(session: string): object {
  return { type: 'event', family: 'session_closed', session, id: '', data: {} };
}

async function released(conversation: Conversation): Promise<boolean> {
  const open = Symbol('open');
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  return (await Promise.race([conversation.released, Promise.resolve(open)])) !== open;
}

test('a slot is free when the renderer has said session_closed; its answer to the reset is not enough', async () => {
  const { open, say, hears, mux } = renderer();
  const { conversation } = await open('s1');
  const closing = conversation.close({ by: 'unregister', at: 0, reason: 'by `unregister`' }, 1_000);
  const reset = await hears('reset');
  say({ type: 'reset_response', session: 's1', id: reset['id'], status: 'ok' });
  say(closedEvent('another'));
  say(closedEvent(''));
  expect(await released(conversation)).toBe(false);
  expect(mux.size).toBe(1);
  say(closedEvent('s1'));
  expect(await closing).toEqual({ confirmed: true });
  expect(mux.size).toBe(0);
});

test('the settings are in the greeting and in every session; fonts, which the process keeps, only in the greeting', async () => {
  const { mux, open, say, hears, heard } = renderer({ theme: 'dark', fonts: ['/a.ttf'] });
  const hello = mux.hello(1_000);
  await hears('settings');
  say({ type: 'hello', session: '', protocol_version: 1, version: '0.7.1' });
  // The first session takes the greeting for itself, so one is spent on it.
  expect(await hears('reset')).toMatchObject({ session: '' });
  say(closedEvent(''));
  await hello;
  await open('s1');
  await open('s2');
  await hears('settings', 3);
  expect(heard.filter(({ type }) => type === 'settings')).toEqual([
    { type: 'settings', session: '', settings: { theme: 'dark', fonts: ['/a.ttf'], protocol_version: 1 } },
    { type: 'settings', session: 's1', settings: { theme: 'dark' } },
    { type: 'settings', session: 's2', settings: { theme: 'dark' } },
  ]);
});

test('without settings a session begins with its first message', async () => {
  const { open, heard, hears } = renderer();
  const { conversation } = await open('s1');
  conversation.send(Frame.of({ type: 'snapshot', tree: {} }, json));
  await hears('snapshot');
  expect(heard).toEqual([{ type: 'snapshot', session: 's1', tree: {} }]);
});

test.each([
  { code: 'max_sessions_reached', place: 'data' },
  { code: 'session_channel_closed', place: 'data' },
  { code: 'writer_dead', place: 'data' },
])('$code ends the session, and nothing of it is left to wait for', async ({ code, place }) => {
  const { open, say, heard } = renderer();
  const { conversation, closed } = await open('s1');
  say({ type: 'event', family: 'session_error', session: 's1', id: '', [place]: { code, error: 'in its words' } });
  const { error, by } = await closed;
  expect(by).toBe('child');
  expect(error).toMatchObject({ code: 'SESSION_FAILED', context: { childCode: code } });
  expect(error?.message).toContain('in its words');
  expect(await conversation.released).toEqual({ confirmed: true });
  expect(heard).toEqual([]);
});

test.each([
  { code: 'host_disconnect', place: 'data' },
  { code: 'session_backpressure_overflow', place: 'data' },
  { code: 'session_panic', place: 'value' },
])('$code ends the session, and session_closed frees its slot; a reset would begin a new one', async (row) => {
  const { open, say, heard } = renderer();
  const { conversation, closed } = await open('s1');
  say({ type: 'event', family: 'session_error', session: 's1', id: '', [row.place]: { code: row.code, error: 'why' } });
  expect((await closed).error).toMatchObject({ code: 'SESSION_FAILED', context: { childCode: row.code } });
  expect(await released(conversation)).toBe(false);
  say(closedEvent('s1'));
  expect(await conversation.released).toEqual({ confirmed: true });
  expect(heard).toEqual([]);
});

test('what is no end is an event: a cap on fonts, in either place, and what is about the process is no session’s', async () => {
  const { open, say, mux } = renderer();
  const { conversation, events } = await open('s1');
  const code = 'font_cap_exceeded';
  say({ type: 'event', family: 'session_error', session: 's1', id: '', value: { code, error: 'x' } });
  say({ type: 'event', family: 'session_error', session: 's1', id: '', data: { code, error: 'x' } });
  say({ type: 'event', family: 'session_error', session: '', id: '', value: { code: 'renderer_panic', error: 'x' } });
  say({ type: 'event', family: 'session_closed', session: '', id: '', value: { reason: 'panic' } });
  say({ type: 'diagnostic', session: '', level: 'error', diagnostic: { kind: 'invalid_settings' } });
  say({ type: 'event', family: 'click', session: 's1', id: 'last' });
  await until('the last one is there', () => events.at(-1)?.['id'] === 'last');
  expect(events.map(({ family }) => family)).toEqual(['session_error', 'session_error', 'click']);
  expect(conversation.state.name).toBe('open');
  expect(mux.size).toBe(1);
});

test('what the renderer has not taken stays below the 512 messages that it looks at, reset included', async () => {
  const { open, say, heard } = renderer();
  const { conversation } = await open('s1');
  for (let n = 0; n < 2_000; n++) conversation.send(Frame.of({ type: 'patch', n }, json));
  const untaken: number[] = [];
  for (let taken = 0; heard.at(-1)?.['n'] !== 1_999;) {
    // A message in memory takes no longer than a turn.
    await new Promise((resolve) => setImmediate(resolve));
    untaken.push(heard.length - taken);
    const question = heard.find(({ type }, at) => at >= taken && type === 'query') as Message;
    taken = heard.indexOf(question) + 1;
    say({ type: 'query_response', session: 's1', id: question['id'], target: 'find', data: null });
  }
  expect(Math.max(...untaken)).toBeGreaterThan(490);
  expect(Math.max(...untaken)).toBeLessThan(510);
  expect(heard.flatMap(({ n }) => (n === undefined ? [] : [n]))).toEqual(Array.from(Array(2_000).keys()));
});
