// A `register` call ends with the time of its test, or with its own `timeout`, also where the start or `open` takes long.
import { expect, test } from 'vitest';
import type { CarpoolError, Server } from '../../src/entry/index.ts';
import { Owner } from '../../src/client/owner.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, until } from '../support/pools.ts';
import { web, webPool } from './web.ts';

const listening = { http: '/health' };

async function owners(options: Parameters<typeof web>[1], flags = '') {
  const served = await serve({ app: web(flags, options) });
  const client = await served.connect();
  const owner = (timeLeft = Infinity): Owner =>
    new Owner({ path: ['a.test.ts', 'a test'], holder: {}, connect: () => client, timeLeft: () => timeLeft });
  return { owner, served };
}

test('through a host: a server that is never ready ends the call with its test, and the error shows what it does', async () => {
  const { owner, served } = await owners({ ready: listening }, '--port {port} --unhealthy');
  const call = async (): Promise<CarpoolError> => await failure(owner(300).register('app'), 'REQUEST_TIMEOUT');
  let error = await call();
  await until('it answers', async () => (error = await call()).message.includes('503'));
  expect(error.message).toMatch(
    /^Cannot register a session of "app": its server has been starting for [\d.]+ m?s, and is not ready so far: looked for a status from 200 to 299 for GET \/health on port \d+; the last attempt: .*503.*\. The call has waited for \d+ ms, the rest of the time of this test or hook \(instead of 30000 ms, `readyTimeout`\)\. The start goes on, .*\. Raise the time-out of the test or hook, or start it outside of the time of the test: /,
  );
  expect(error.context).toMatchObject({ pool: 'app', limit: 'test', phase: 'start' });
  expect(error.evidence.stdout).toContain('listening on');
  // The slot is free, and the start goes on.
  await until('the slot is free', () => served.pool('app').stats().open === 0);
  expect(served.pool('app').stats()).toMatchObject({ queued: 0, quarantined: 0, failures: 0, children: 1 });
});

test('its own `timeout` ends it, and the next call has the server that was late', async () => {
  const ready = Promise.withResolvers<void>();
  const { owner, served } = await owners({ ready: () => ready.promise });
  const error = await failure(owner(60_000).register('app', { timeout: 300 }), 'REQUEST_TIMEOUT');
  expect(error.message).toMatch(
    /waited for \d+ ms, `timeout` of the call\. .*Raise `timeout`, or start it outside of the time of the test: /,
  );
  expect(error.context).toMatchObject({ timeout: 300, limit: 'call', phase: 'start' });
  ready.resolve();
  const session = await owner(60_000).register('app');
  expect(served.pool('app').stats()).toMatchObject({ open: 1, children: 1, sessions: 1 });
  await session.unregister();
});

test('where `start` of the config is late, the error says so', async () => {
  const app = webPool(web('', { ready: listening, start: () => new Promise<undefined>(() => {}) }));
  const call = app.register({ timeout: 1_500 });
  const error = await failure(call, 'REQUEST_TIMEOUT');
  expect(error.message).toContain('is not ready so far: `start` of its config has not ended. ');
});

test.for(['in process', 'through a host'])(
  '%s, `open` that is late ends the call, and its session is closed',
  async (where) => {
    const opens = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let [opened, closed] = [0, 0];
    const options = {
      ready: listening,
      maxSessions: 1,
      open: async () => {
        await opens[opened++]?.promise;
        return { number: opened };
      },
      close: () => void closed++,
    };
    const inProcess = where === 'in process';
    const { owner, served } = inProcess ? { owner: undefined, served: undefined } : await owners(options as object);
    const app = served?.pool('app') ?? webPool(web('', options as object));
    await app.start();
    const call =
      owner?.(300).register('app') ?? app.open({ timeLeft: 300 }, { event() {}, ask() {}, closed() {} }, { stack: '' });
    const error = await failure(call, 'REQUEST_TIMEOUT');
    expect(error.message).toMatch(
      /^Cannot register a session of ".*": the session is being opened for \d+ ms, and `open` has not ended so far\. .* \(instead of 10000 ms, `openTimeout`\)\. A session that opens too late is closed\. /,
    );
    expect(error.context).toMatchObject({ limit: 'test', phase: 'open' });
    expect(app.stats()).toMatchObject({ open: 1 });
    opens[0]?.resolve();
    await until('it is closed', () => app.stats().open === 0);
    expect([closed, app.stats().quarantined]).toEqual([1, 0]);
  },
);

test('of a session that is opened ahead, the call waits no longer, and the next one has it', async () => {
  const [ready, opens] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let opened = 0;
  const open = async (): Promise<void> => await (++opened === 1 ? undefined : opens.promise);
  const isReady = async ({ url }: Server): Promise<void> => void (await ready.promise, await fetch(url));
  const app = webPool(web<undefined, unknown, void>('', { ready: isReady, open, warm: 1, maxSessions: 2 }));
  await failure(app.register({ timeout: 100 }), 'REQUEST_TIMEOUT');
  await failure(app.register({ timeout: 100 }), 'REQUEST_TIMEOUT');
  ready.resolve();
  const session = await app.register({ timeout: 20_000 });
  const late = await failure(app.register({ timeout: 300 }), 'REQUEST_TIMEOUT');
  expect(late.message).toMatch(/: the session is being opened for \d+ ms, and `open` has not ended so far\. /);
  expect(late.evidence.stdout).toContain('listening on');
  opens.resolve();
  await session.unregister();
  expect(app.stats()).toMatchObject({ open: 0, queued: 0, quarantined: 0, children: 1 });
});

test('of a child that does not answer `open`, the error shows what it was sent', async () => {
  const protocol = { open: { send: { type: 'silence' }, expect: { type: 'opened' } } };
  const echoes = pool('echo', { protocol, openTimeout: 1_000 });
  await echoes.start();
  const error = await failure(echoes.register({ timeout: 300 }), 'REQUEST_TIMEOUT');
  expect(error.context).toMatchObject({ phase: 'open', limit: 'call' });
  expect(error.evidence.messages?.join()).toContain('silence');
});

test('a child that says no hello ends the call with its test, too', async () => {
  const echoes = pool('never-hello');
  const error = await failure(echoes.register({ timeout: 300 }), 'REQUEST_TIMEOUT');
  expect(error.message).toMatch(/: its child has been starting for \d+ ms, and has said no hello so far/);
});
