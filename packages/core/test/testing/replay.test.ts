// A pool that is answered from a transcript, in one process. Nothing is started: there is no program of this name.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PoolOptions } from '../../src/pool/options.ts';
import { replay, type ReplayOptions } from '../../src/testing/replay.ts';
import { failure } from '../support/failure.ts';
import { transcriptText, writeTranscript, type Written } from '../support/transcripts.ts';

const shop = {
  command: 'no-such-program',
  protocol: {
    refusals: [{ type: 'error' }],
    steps: [{ type: 'step' }],
    asks: [{ type: 'which' }],
    diagnostics: [{ type: 'fault' }],
    close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  },
} satisfies PoolOptions;

const open = { e: 'open', pool: 'shop', test: 'adds', file: '/code/shop/cart.test.ts', hello: { version: 2 } } as const;

const conversation: Written[] = [
  open,
  { e: 'opened', id: 's7', opened: { window: 'w1' } },
  { e: 'event', m: { type: 'welcome' } },
  { e: 'request', n: 1, m: { type: 'add', by: 2 } },
  { e: 'send', m: { type: 'note', text: 'x' } },
  { e: 'event', m: { type: 'changed' } },
  { e: 'reply', n: 1, m: { type: 'added', total: 2 } },
  { e: 'request', n: 2, m: { type: 'refuse' } },
  { e: 'refusal', n: 2, m: { type: 'error', code: 'NO', message: 'not today' } },
  { e: 'request', n: 3, m: { type: 'paint' } },
  { e: 'step', n: 3, m: { type: 'step', done: 1 } },
  { e: 'ask', n: 1, m: { type: 'which', of: ['red', 'blue'] } },
  { e: 'answer', n: 1, m: { colour: 'red' } },
  { e: 'step', n: 3, m: { type: 'step', done: 2 } },
  { e: 'reply', n: 3, m: { type: 'painted', bytes: { $bytes: 'AQID' } } },
  { e: 'close', by: 'unregister' },
  { e: 'closed' },
];

const opened = async (events: readonly Written[], options: ReplayOptions = shop) => {
  const written = writeTranscript(transcriptText(events));
  const pool = await replay(written.file, options);
  const session = await pool.register();
  const end = async (): Promise<void> => {
    await pool.close();
    written[Symbol.dispose]();
  };
  return { pool, session, place: written.file, [Symbol.asyncDispose]: end };
};

test.each(['json-lines', 'msgpack'] as const)('everything comes as it was recorded: %s', async (codec) => {
  const events = codec === 'msgpack' ? conversation : conversation.map(withoutBytes);
  await using replayed = await opened(events, { ...shop, codec });
  const { session, pool } = replayed;
  expect(session.hello).toEqual({ version: 2 });
  expect(session.opened).toEqual({ window: 'w1' });
  expect(session.id).toBe('s7');
  expect(await session.event()).toEqual({ type: 'welcome', session: 's7' });
  const added = session.request({ type: 'add', by: 2 });
  session.send({ type: 'note', text: 'x' });
  expect(await session.event()).toMatchObject({ type: 'changed' });
  expect(await added).toEqual({ type: 'added', total: 2, session: 's7', id: 'c1' });
  expect((await failure(session.request({ type: 'refuse' }), 'SESSION_REFUSED')).message).toContain('(NO): not today');
  const asked: unknown[] = [];
  session.answer((question) => {
    asked.push(question);
    return { colour: 'red' };
  });
  const painting = session.interact({ type: 'paint' });
  const steps: unknown[] = [];
  for await (const { done } of painting) steps.push(done);
  expect(steps).toEqual([1, 2]);
  expect(asked).toMatchObject([{ type: 'which', of: ['red', 'blue'] }]);
  const painted = {
    type: 'painted',
    id: painting.id,
    ...(codec === 'msgpack' && { bytes: new Uint8Array([1, 2, 3]) }),
  };
  expect(await painting).toMatchObject(painted);
  await session.unregister();
  expect(pool.stats()).toMatchObject({ pids: [], quarantined: 0, strays: 0, replayed: { unasked: 0 } });
});

function withoutBytes(event: Written): Written {
  return JSON.parse(JSON.stringify(event).replace(',"bytes":{"$bytes":"AQID"}', '')) as Written;
}

test('what was not recorded is refused, with the nearest message and where it differs; the session goes on', async () => {
  await using replayed = await opened(conversation);
  const { session, place } = replayed;
  const error = await failure(session.request({ type: 'add', by: 3 }), 'NOT_RECORDED');
  expect(error.message).toBe(
    [
      'Cannot replay a request of session s7 of "adds" (cart.test.ts) to pool "shop": it was not recorded: {"type":"add","by":3}',
      'the nearest is message 1 of the 5 that were recorded: {"type":"add","by":2}',
      '  .by: recorded 2, now 3',
      `recorded in ${place}. To record again, run it with CARPOOL_TRANSCRIPT=DIR where the program is installed`,
    ].join('\n  '),
  );
  expect(error.stack).toContain('replay.test.ts');
  expect(error.context).toMatchObject({ pool: 'shop', session: 's7', test: 'adds', file: 'cart.test.ts' });
  const added = session.request({ type: 'add', by: 2 });
  session.send({ type: 'note', text: 'x' });
  expect(await added).toMatchObject({ total: 2 });
  const again = await failure(session.request({ type: 'add', by: 2 }), 'NOT_RECORDED');
  expect(again.message).toContain('the nearest is message 3 of the 5');
});

test('a message that was sent in another way says which', async () => {
  await using replayed = await opened(conversation);
  const { session } = replayed;
  expect(() => session.send({ type: 'add', by: 2 })).toThrow(
    'message 1 of the 5 that were recorded is equal, but was sent by `request`, and not by `send`',
  );
});

test('a request whose reply was recorded behind what the test does not send says so where it times out', async () => {
  await using replayed = await opened([
    open,
    { e: 'opened', id: 's1' },
    { e: 'request', n: 1, m: { type: 'a' }, t: 100 },
    { e: 'send', m: { type: 'b' }, t: 100 },
    { e: 'reply', n: 1, m: { type: 'c' } },
  ]);
  const { session } = replayed;
  const error = await failure(session.request({ type: 'a' }, { timeout: 50 }), 'REQUEST_TIMEOUT');
  expect(error.message).toContain('it is a replay: what was recorded next comes after the test has sent {"type":"b"}');
  session.send({ type: 'b' });
});

test('the session of a child that crashed ends as it did then', async () => {
  await using replayed = await opened([
    open,
    { e: 'opened', id: 's1' },
    { e: 'request', n: 1, m: { type: 'crash' } },
    {
      e: 'close',
      by: 'child',
      reason: 'because its child ended',
      code: 'CHILD_EXITED',
      message: 'The child of pool "shop" exited with code 3',
    },
    { e: 'closed' },
  ]);
  const { session } = replayed;
  const error = await failure(session.request({ type: 'crash' }), 'CHILD_EXITED');
  expect(error.cause).toMatchObject({ message: 'The child of pool "shop" exited with code 3' });
  expect(await session.closed).toMatchObject({ by: 'child' });
});

test('a session that did not open does not open', async () => {
  const failing = opened([
    open,
    { e: 'close', by: 'child', code: 'SESSION_FAILED', message: 'Cannot open session s1: full' },
    { e: 'closed' },
  ]);
  expect((await failure(failing, 'SESSION_FAILED')).message).toContain('Cannot open session s1: full');
});

test('sessions are those of one test, with the same params, in the order of their opening; one more is refused', async () => {
  const session = (id: string, params: number, by: number, of = 'adds'): Written[] => [
    { ...open, test: of, params: { params } },
    { e: 'opened', id },
    { e: 'request', n: 1, m: { type: 'add', by } },
    { e: 'reply', n: 1, m: { from: id } },
    { e: 'closed' },
  ];
  const text = transcriptText([...session('s1', 1, 1), ...session('s2', 2, 1), ...session('s3', 1, 1, 'other')]);
  using written = writeTranscript(text);
  await using pool = await replay(written.file, { ...shop, test: 'adds', file: 'cart.test.ts' });
  const second = await pool.register({ params: { params: 2 } });
  expect(await second.request({ type: 'add', by: 1 })).toMatchObject({ from: 's2' });
  const other = await failure(pool.register({ params: { params: 3 } }), 'NOT_RECORDED');
  expect(other.message).toContain('it was recorded with other `params`\n    params.params: recorded 1, now 3');
  const first = await pool.register({ params: { params: 1 } });
  expect(await first.request({ type: 'add', by: 1 })).toMatchObject({ from: 's1' });
  const more = await failure(pool.register({ params: { params: 1 } }), 'NOT_RECORDED');
  expect(more.message).toContain('it is one more than the 2 that were recorded');
});

test('a value that the transcript does not have fails the request that would get it', async () => {
  await using replayed = await opened([
    open,
    { e: 'opened', id: 's1' },
    { e: 'request', n: 1, m: { type: 'a' } },
    { e: 'reply', n: 1, m: { type: 'b', list: [{ $lost: '1048577 bytes' }] } },
  ]);
  const { session } = replayed;
  const error = await failure(session.request({ type: 'a' }), 'NOT_RECORDED');
  expect(error.message).toContain('its recording does not have .list[0], which was 1048577 bytes');
});

test('what was recorded and not asked for is counted', async () => {
  await using replayed = await opened(conversation);
  const { session, pool } = replayed;
  await failure(session.request({ type: 'refuses' }), 'NOT_RECORDED');
  const added = session.request({ type: 'add', by: 2 });
  session.send({ type: 'note', text: 'x' });
  await added;
  await session.unregister();
  expect(pool.stats().replayed).toMatchObject({
    unasked: 3,
    firstUnasked: ['"adds" (cart.test.ts) has not sent {"type":"refuse"}, and 2 more'],
  });
});

test('a transcript that cannot be used is one sentence', async () => {
  using written = writeTranscript(transcriptText(conversation));
  const fails = async (text: string, options: ReplayOptions = shop): Promise<string> => {
    writeFileSync(written.file, text);
    const { message } = await failure(replay(written.file, options), 'NOT_RECORDED');
    expect(message).not.toContain('\n');
    return message.replace(written.file, 'FILE');
  };
  const text = transcriptText(conversation);
  expect(await fails('')).toBe('Cannot replay FILE: it is empty');
  expect(await fails('{"a":1}\n')).toBe('Cannot replay FILE: it is not the transcript of a run');
  expect(await fails(text.replace('"carpoolTranscript":1', '"carpoolTranscript":2'))).toContain('it has version 2');
  expect(await fails(text.replace('"e":"opened"', '"e":'))).toBe('Cannot replay FILE: its line 3 is damaged');
  expect(await fails(text, { ...shop, test: 'subtracts' })).toBe(
    'Cannot replay FILE: it has no session of pool "shop", test "subtracts"; it has the tests "adds"',
  );
  expect(await fails(text, { ...shop, pool: 'shops' })).toContain('it has the pools "shop"');
  const server = { ...shop, protocol: {}, server: { ready: { port: true } } } as unknown as ReplayOptions;
  expect(await fails(text, server)).toContain('it is a server');
});

test('a transcript that is cut in its last line serves what is whole', async () => {
  using written = writeTranscript(transcriptText(conversation.slice(0, 4)));
  appendFileSync(written.file, '{"t":90,"s":"x1","e":"reply","n":1,"m":{"type":"ad');
  expect(readFileSync(written.file, 'utf8')).toContain('"by":2');
  await using pool = await replay(written.file, shop);
  const session = await pool.register();
  const error = await failure(session.request({ type: 'subtract' }), 'NOT_RECORDED');
  expect(error.message).toContain('its recording is not whole: the run was ended before the session was');
});

test('a damaged line of a message names itself when its session opens', async () => {
  using written = writeTranscript(transcriptText(conversation).replace('{"type":"add","by":2}', '{"type":"add"'));
  await using pool = await replay(written.file, shop);
  const { message } = await failure(pool.register(), 'NOT_RECORDED');
  expect(message).toBe(`Cannot replay session x1 of ${written.file}: its line 5 is damaged`);
});
