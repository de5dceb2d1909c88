// A child that is started before the first session is registered.
import { expect, test } from 'vitest';
import type { Notices } from '../../src/pool/wait-notices.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, until } from '../support/pools.ts';

test('a start waits for the hello, takes no slot, and counts no session', async () => {
  const echoes = pool('slow-start --delay=100', { maxSessions: 1 });
  await Promise.all([echoes.start(), echoes.start()]);
  expect(echoes.stats()).toMatchObject({
    children: 1,
    sessions: 0,
    open: 0,
    peak: 0,
    running: 1,
    pids: [expect.any(Number)],
  });
  await using session = await echoes.register();
  expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
  await echoes.start();
  expect(echoes.stats()).toMatchObject({ children: 1, sessions: 1, open: 1 });
});

test('a start fails with the error of the child, and counts as a failed start', async () => {
  const echoes = pool('dies-at-once');
  for (let n = 0; n < 3; n++) await failure(echoes.start(), 'CHILD_EXITED');
  await failure(echoes.start(), 'POOL_GAVE_UP');
  await echoes.close();
  await failure(echoes.start(), 'POOL_CLOSED');
  expect(echoes.stats()).toMatchObject({ children: 3, failures: 3, running: 0 });
});

test('a child without any session is stopped after the idle timeout', async () => {
  const echoes = pool('echo', { idleTimeout: 20 });
  await echoes.start();
  await until('it was stopped', () => echoes.stats().running === 0);
  expect(echoes.stats()).toMatchObject({ children: 1, failures: 0 });
});

test('a pool that is closed meanwhile ends the start', async () => {
  const echoes = pool('never-hello');
  const starting = failure(echoes.start(), 'POOL_CLOSED');
  await echoes.close();
  expect((await starting).message).toContain('is closed');
});

test('a worker starts a child through the hub, and gets the error if that fails', async () => {
  const served = await serve({ echoes: program('slow-start --delay=100'), broken: program('dies-at-once') });
  const client = await served.connect();
  await client.start('echoes');
  expect(served.pool().stats()).toMatchObject({
    children: 1,
    sessions: 0,
    open: 0,
    running: 1,
    pids: [expect.any(Number)],
  });
  const error = await failure(client.start('broken'), 'CHILD_EXITED');
  expect(error.message).toContain('cannot find the licence file');
  expect(error.stack).toContain('start.test.ts');
  expect((await failure(client.start('nothing'), 'CONFIG_INVALID')).message).toContain('There is no pool "nothing"');
});

test('a worker that ends while a child starts delays nothing', async () => {
  const served = await serve({ echoes: program('slow-start --delay=100') });
  const client = await served.connect();
  const starting = failure(client.start('echoes'), 'SESSION_CLOSED');
  await until('it starts', () => served.pool().stats().children === 1);
  client.close();
  await starting;
  await using session = await (await served.connect()).register('echoes');
  expect(session.id).toBe('s1');
  expect(served.pool().stats()).toMatchObject({ children: 1, sessions: 1 });
});

test('a pool that gave up tries again when a worker says that a new run begins', async () => {
  const served = await serve({ broken: program('dies-at-once') });
  const client = await served.connect();
  for (let n = 0; n < 3; n++) await failure(client.start('broken'), 'CHILD_EXITED');
  await failure(client.start('broken'), 'POOL_GAVE_UP');
  await client.runStarted();
  await failure(client.start('broken'), 'CHILD_EXITED');
  expect(served.pool('broken').stats()).toMatchObject({ children: 4, failures: 4 });
});

test('a start and a wait for a slot are reported while they last', async () => {
  const said: string[] = [];
  const notices: Notices = {
    begin(pool, kind, describe) {
      said.push(`${pool} ${kind}: ${describe(3)}`);
      return () => void said.push(`${kind} over`);
    },
    renew: () => {},
  };
  const echoes = pool('echo', { maxSessions: 1 }, { notices });
  const session = await echoes.register({ holder: { test: 'first' } });
  const next = echoes.register({ holder: { test: 'second', file: 'b.test.ts' } });
  await until('it waits', () => echoes.stats().queued === 1);
  await session.unregister();
  await next;
  expect(said).toEqual([
    'echoes start: its child has been starting for 3 s, of 30 s that it may take to say hello',
    'start over',
    expect.stringMatching(
      /^echoes slot: a session of "second" \(b\.test\.ts\) has waited 3 s for a slot; the only slot is busy: held for \d+ ms by "first" /,
    ),
    'slot over',
  ]);
});
