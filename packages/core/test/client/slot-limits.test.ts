// What ends the wait of a test for a slot, and how its error names the holders.
import { expect, test } from 'vitest';
import { Owner } from '../../src/client/owner.ts';
import { workerSession } from '../../src/client/worker-session.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { op } from '../../src/wire/frames.ts';

async function owners(options: { readonly maxSessions: number; readonly registerTimeout?: number }) {
  const served = await serve({ echoes: program('echo', options) });
  const client = await served.connect();
  const owner = (path: readonly string[], timeLeft?: number): Owner => {
    const holder = { test: path[1], file: path[0] };
    return new Owner({ path, holder, connect: () => client, timeLeft: () => timeLeft ?? Infinity });
  };
  return { owner, served, client };
}

test('the first of three limits ends it, and the error says which: the call, the config, or the rest of the test', async () => {
  const { owner } = await owners({ maxSessions: 1, registerTimeout: 40 });
  await owner(['other.test.ts', 'is slow']).register('echoes');
  const patient = owner(['a.test.ts', 'has time'], 5_000);

  const ofConfig = await failure(patient.register('echoes'), 'POOL_QUEUE_TIMEOUT');
  expect(ofConfig.message).toMatch(
    /^Cannot register a session: the only slot was busy in "echoes" for 40 ms, `registerTimeout` of the pool; held for \d+ ms by "is slow" \(.*slot-limits\.test\.ts:\d+:\d+\)\. Unregister sessions \(`await using`\), or raise `maxSessions`, or `registerTimeout`$/,
  );
  expect(ofConfig.context).toMatchObject({ timeout: 40, limit: 'config' });

  const ofCall = await failure(patient.register('echoes', { timeout: 20 }), 'POOL_QUEUE_TIMEOUT');
  expect(ofCall.message).toMatch(/ for 20 ms, `timeout` of the call; .* or raise `maxSessions`, or `timeout`$/);
  expect(ofCall.context).toMatchObject({ timeout: 20, limit: 'call' });

  const hasty = owner(['a.test.ts', 'has none'], 30);
  const ofTest = await failure(hasty.register('echoes'), 'POOL_QUEUE_TIMEOUT');
  expect(ofTest.message).toMatch(
    / for \d+ ms, the rest of the time of this test or hook \(instead of 40 ms\); .* or the time-out of the test$/,
  );
  expect(ofTest.context).toMatchObject({ limit: 'test' });
  // A call that would wait for ever ends with its test, too.
  const forEver = await failure(hasty.register('echoes', { timeout: Infinity }), 'POOL_QUEUE_TIMEOUT');
  expect(forEver.message).toMatch(/, the rest of the time of this test or hook \(/);
});

test('a call that waits as long as it takes does so, whatever the pool says', async () => {
  const { owner, served } = await owners({ maxSessions: 1, registerTimeout: 20 });
  const session = await owner(['a.test.ts', 'first']).register('echoes');
  const second = owner(['a.test.ts', 'second']);
  const waiting = second.register('echoes', { timeout: Infinity });
  // Queued before it, and over after it: by then it has waited for longer than the pool says.
  await failure(second.register('echoes', { timeout: 60 }), 'POOL_QUEUE_TIMEOUT');
  await session.unregister();
  await (await waiting).unregister();
  expect(served.pool().stats()).toMatchObject({ open: 0, queued: 0 });
});

test('the session of a worker is waited for no longer than the test has that wants it first', async () => {
  const { owner, client } = await owners({ maxSessions: 1 });
  await owner(['other.test.ts', 'is slow']).register('echoes');
  const error = await failure(workerSession(client, 'echoes', { timeLeft: () => 30 }), 'POOL_QUEUE_TIMEOUT');
  expect(error.message).toContain('the rest of the time of this test or hook');
});

test('what the test itself, its file and its worker hold is told apart from what others hold', async () => {
  const { owner, served } = await owners({ maxSessions: 4 });
  const here = owner(['a.test.ts', 'adds']);
  await here.register('echoes');
  await owner(['a.test.ts']).register('echoes');
  await owner([]).register('echoes');
  await owner(['a.test.ts', 'removes']).register('echoes');
  const error = await failure(here.register('echoes', { timeout: 10 }), 'POOL_QUEUE_TIMEOUT');
  const held = String.raw`held for \d+ ms by`;
  const at = String.raw`\(.*slot-limits\.test\.ts:\d+:\d+\)`;
  expect(error.message).toMatch(
    new RegExp(
      `; ${held} this test itself ${at}, ${held} the file of this test ${at}, ${held} the worker of this test ${at}, ${held} "removes" ${at}\\. `,
    ),
  );
  const atOnce = await failure(here.register('echoes', { wait: false }), 'POOL_FULL');
  expect(atOnce.message).toMatch(/ by this test itself .* by the file of this test /);
  const ofFile = await failure(owner(['a.test.ts']).register('echoes', { wait: false }), 'POOL_FULL');
  expect(ofFile.message).toMatch(/ by "adds" .* by this file itself .* by the worker of this file .* by "removes" /);
  // Of another worker, which has a test of the same name.
  const stranger = await served.connect();
  const elsewhere = new Owner({ path: ['a.test.ts', 'adds'], holder: {}, connect: () => stranger });
  const ofOther = await failure(elsewhere.register('echoes', { wait: false }), 'POOL_FULL');
  expect(ofOther.message).not.toMatch(/this test|itself/);
});

test('equal holders are one part of the error, and of more than 8 different ones it names the first', async () => {
  const { owner } = await owners({ maxSessions: 20 });
  const here = owner(['a.test.ts', 'adds']);
  for (let count = 0; count < 8; count++) await here.register('echoes');
  const others = Array.from({ length: 12 }, (_, number) => owner(['b.test.ts', `number ${number}`]));
  for (const other of others) await other.register('echoes');
  const { message } = await failure(here.register('echoes', { timeout: 10 }), 'POOL_QUEUE_TIMEOUT');
  expect(message).toMatch(
    /of the call; 8 slots held for up to \d+ ms by this test itself \(\S*slot-limits\.test\.ts:\d+:\d+\), held for /,
  );
  expect(message.match(/this test itself/g)).toHaveLength(1);
  expect(message).toMatch(/ by "number 6" \(\S+\), and by 5 others\. /);
  expect(message).not.toContain('number 7');
});

test('a test that waits for itself is not told to wait longer', async () => {
  const { owner } = await owners({ maxSessions: 2 });
  const here = owner(['a.test.ts', 'adds']);
  await here.register('echoes');
  await here.register('echoes');
  const error = await failure(here.register('echoes', { timeout: 10 }), 'POOL_QUEUE_TIMEOUT');
  expect(error.message).toMatch(/\. Unregister one of these first \(`await using`\), or raise `maxSessions`$/);
});

test('on the wire: the host takes the least of `timeout`, its own limit, and `timeLeft`', async () => {
  const served = await serve({ echoes: program('echo', { maxSessions: 1, registerTimeout: 50 }) });
  const peer = await RawPeer.join(served);
  const under = ['file', 'test'];
  const ended = async (session: number, limits: object): Promise<unknown> => {
    const { body } = await peer.register(session, { under, ...limits });
    const { code, context } = body as { readonly code: string; readonly context: Record<string, unknown> };
    return [code, context['limit'], context['timeout']];
  };
  expect(await peer.register(100, { under })).toMatchObject({ op: op.RESULT });
  expect(await ended(1, { timeLeft: 60_000 })).toEqual(['POOL_QUEUE_TIMEOUT', 'config', 50]);
  expect(await ended(2, { timeout: 10, timeLeft: 60_000 })).toEqual(['POOL_QUEUE_TIMEOUT', 'call', 10]);
  expect(await ended(3, { timeout: 60_000, timeLeft: 10 })).toEqual(['POOL_QUEUE_TIMEOUT', 'test', expect.any(Number)]);
  expect(await ended(4, {})).toEqual(['POOL_QUEUE_TIMEOUT', 'config', 50]);
});
