// Several children behind one pool, observed from outside: how many processes there are, and which call waits for which.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPool } from '../../src/pool/create-pool.ts';
import type { RegisterOptions } from '../../src/pool/types.ts';
import type { Session } from '../../src/session/types.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { place, pool, program, until } from '../support/pools.ts';

const line = 'records-lives --linger=5';
const recycled = { children: 3, sessionsPerChild: 1, recycleAfter: 1 };

type Register = (options?: RegisterOptions) => Promise<Session>;

/** 25 sessions for each of two owners, as many at a time as the pool gives. */
async function registerFifty(owners: readonly Register[]): Promise<void> {
  const one = async (register: Register): Promise<void> => {
    await using session = await register();
    expect(await session.request({ type: 'query' })).toMatchObject({ session: session.id });
  };
  await Promise.all(Array.from({ length: 50 }, (_, n) => one(owners[n % owners.length]!)));
}

/** What the children have recorded. */
function lives(): { readonly started: number; readonly most: number } {
  const read = (name: string): number[] =>
    readFileSync(join(place().path, name), 'utf8').trim().split('\n').map(Number);
  return { started: new Set(read('lives')).size, most: Math.max(...read('alive')) };
}

describe('with one session to a child there are never more processes than children', () => {
  test('in process', async () => {
    const echoes = pool(line, recycled);
    const register: Register = (options) => echoes.register(options);
    await registerFifty([register, register]);
    const { started, most } = lives();
    expect(started).toBe(50);
    expect(most).toBeLessThanOrEqual(3);
    expect(echoes.stats()).toMatchObject({ sessions: 50, children: 50, peak: 3, failures: 0, quarantined: 0 });
  });

  test('through a hub, for two workers', async () => {
    const served = await serve({ echoes: program(line, recycled) });
    const clients = [await served.connect(), await served.connect()];
    await registerFifty(
      clients.map(
        (client): Register =>
          (options) =>
            client.register('echoes', options),
      ),
    );
    const { started, most } = lives();
    expect(started).toBe(50);
    expect(most).toBeLessThanOrEqual(3);
    expect(served.pool().stats()).toMatchObject({ sessions: 50, children: 50, peak: 3, failures: 0 });
  });

  test('also where a child dies, or confirms nothing', async () => {
    const echoes = pool(line, {
      ...recycled,
      protocol: { hello, close: { send: { type: 'x' }, expect: { type: 'y' } } },
      closeTimeout: 20,
    });
    const one = async (n: number): Promise<void> => {
      const session = await echoes.register();
      const { pid } = (await session.request({ type: 'who' })) as { readonly pid: number };
      if (n % 2 === 0) await failure(session.unregister(), 'REQUEST_TIMEOUT');
      else process.kill(pid, 'SIGKILL');
      await session.closed;
    };
    await Promise.all(Array.from({ length: 12 }, (_, n) => one(n)));
    await until('all are gone', () => echoes.stats().running === 0);
    const { started, most } = lives();
    expect(started).toBe(12);
    expect(most).toBeLessThanOrEqual(3);
    expect(echoes.stats()).toMatchObject({ sessions: 12, open: 0, failures: 6 });
  });
});

const hello = { send: { type: 'settings' }, expect: { type: 'hello' } };

test('a full pool whose only child is about to end says so', async () => {
  const echoes = pool('records-lives --linger=300', { ...recycled, children: 1 });
  await (await echoes.register()).unregister();
  const error = await failure(echoes.register({ wait: false }), 'POOL_FULL');
  expect(error.message).toMatch(/the only slot is busy in "echoes"; 1 on a child that is about to end$/);
  await (await echoes.register()).unregister();
});

test('a call that starts a child does not hold up a free slot on another one', async () => {
  const echoes = pool('slow-start --delay=200', { children: 2, sessionsPerChild: 2 });
  await echoes.register();
  const served: string[] = [];
  const slow = echoes.register().then(() => served.push('waits for the start'));
  const quick = echoes.register().then(() => served.push('joins the child that serves'));
  await Promise.all([slow, quick]);
  expect(served).toEqual(['joins the child that serves', 'waits for the start']);
  expect(echoes.stats()).toMatchObject({ children: 2, open: 3, queued: 0 });
});

test('a start that fails on one child leaves the sessions on the others alone', async () => {
  let starts = 0;
  const { command, args } = program('echo');
  const echoes = pool('echo', {
    children: 2,
    sessionsPerChild: 1,
    command: () => (++starts === 2 ? 'no-such-renderer' : { command: command as string, args }),
  });
  const first = await echoes.register();
  await failure(echoes.register(), 'CHILD_NOT_STARTED');
  expect(await first.request({ type: 'query' })).toMatchObject({ session: first.id });
  await (await echoes.register()).unregister();
  expect(echoes.stats()).toMatchObject({ open: 1, children: 2, failures: 1, running: 2 });
});

test('each child is stopped when it was idle long enough, counted from its own last session', async () => {
  const clock = new FakeClock();
  const echoes = pool('echo', { children: 2, sessionsPerChild: 1, idleTimeout: 1_000 }, { clock });
  const [a, b] = [await echoes.register(), await echoes.register()];
  const [first, second] = echoes.stats().pids;
  await a.unregister();
  clock.pass(600);
  await b.unregister();
  clock.pass(400);
  await until('the first is gone', () => echoes.stats().pids.join() === `${second}`);
  clock.pass(600);
  await until('the second is gone', () => echoes.stats().running === 0);
  expect(first).not.toBe(second);
  await (await echoes.register()).unregister();
  expect(echoes.stats()).toMatchObject({ children: 3, failures: 0 });
});

test('failures of all children count together, ten for each before the pool gives up', async () => {
  const echoes = pool('exits-on-request', { children: 2, sessionsPerChild: 1, restarts: { maxFailures: 2 } });
  for (let n = 0; n < 2; n++) {
    const session = await echoes.register();
    session.send({ type: 'die' });
    await session.closed;
  }
  await failure(echoes.register(), 'POOL_GAVE_UP');
  expect(pool('echo', { children: 3 }).settings.restarts).toMatchObject({ maxFailures: 30, maxFailedStarts: 3 });
});

test.each([
  ['blocks', (session: Session): void => void session.request({ type: 'block' }).catch(() => {})],
  ['is stopped', (_: Session, pid: number): void => void process.kill(pid, 'SIGSTOP')],
])('one of several that %s fails its own sessions, and its place is made anew', async (_, hang) => {
  const options = { children: 2, sessionsPerChild: 2, closeTimeout: 60, probeTimeout: 200 };
  const served = await serve({ echoes: program('blocks', options) });
  const [one, two] = [await served.connect(), await served.connect()];
  const culprit = await one.register('echoes', { holder: { test: 'cart › loops', file: 'cart.test.ts' } });
  const others = [await two.register('echoes'), await two.register('echoes'), await two.register('echoes')] as const;
  const pidOf = async (session: Session): Promise<number> =>
    ((await session.request({ type: 'who' })) as { readonly pid: number }).pid;
  const [away, beside, alsoAway] = others;
  const pid = await pidOf(culprit);
  expect([await pidOf(beside), await pidOf(away)]).toEqual([pid, await pidOf(alsoAway)]);

  hang(culprit, pid);
  const waits = failure(beside.event(), 'CHILD_SILENT');
  await failure(culprit.unregister(), 'REQUEST_TIMEOUT');
  const { message } = (await waits).cause as Error;
  expect(message).toMatch(
    new RegExp(`^The child ${pid} of pool "echoes" was killed: it did not confirm the end of session s1 `),
  );
  // The others go on, and two new ones are on a child of their own.
  for (const session of [away, alsoAway]) expect(await pidOf(session)).not.toBe(pid);
  const fresh = [await one.register('echoes'), await two.register('echoes')];
  const pids = await Promise.all([...fresh, away].map(pidOf));
  expect(new Set(pids).size).toBe(2);
  expect(served.pool().stats()).toMatchObject({ open: 4, running: 2, children: 3, failures: 1, unconfirmed: 1 });
});

test('a start starts one child, and none where one is there', async () => {
  const echoes = pool('echo', { children: 3, sessionsPerChild: 1 });
  await Promise.all([echoes.start(), echoes.start()]);
  expect(echoes.stats()).toMatchObject({ children: 1, running: 1 });
  const full = pool('echo', { ...recycled, children: 1 });
  const session = await full.register();
  await full.start();
  expect(full.stats()).toMatchObject({ children: 1, running: 1, open: 1 });
  await session.unregister();
});

test('every child is ended with the pool', async () => {
  const echoes = pool('ignores-everything', { children: 3, sessionsPerChild: 1, stopTimeout: 50 });
  await Promise.all([1, 2, 3].map(() => echoes.register()));
  expect(echoes.stats().running).toBe(3);
  await echoes.close();
  expect(echoes.stats()).toMatchObject({ open: 0, running: 0, failures: 0 });
});

describe('how many sessions there are', () => {
  test.each([
    [{}, { children: 1, sessionsPerChild: 8, maxSessions: 8, maxQuarantined: 4 }],
    [{ maxSessions: 3 }, { children: 1, sessionsPerChild: 3, maxSessions: 3, maxQuarantined: 1 }],
    [{ sessionsPerChild: 3 }, { children: 1, sessionsPerChild: 3, maxSessions: 3 }],
    [{ children: 3 }, { children: 3, sessionsPerChild: 8, maxSessions: 24, maxQuarantined: 4 }],
    [
      { children: 4, maxSessions: 8 },
      { children: 4, sessionsPerChild: 2, maxSessions: 8, maxQuarantined: 1 },
    ],
    [
      { children: 4, sessionsPerChild: 1, maxSessions: 4 },
      { children: 4, sessionsPerChild: 1, maxSessions: 4 },
    ],
  ])('%j', (options, settings) => {
    expect(pool('echo', options).settings).toMatchObject(settings);
  });

  test.each([
    [
      { children: 3, maxSessions: 8 },
      'found `maxSessions` 8; allowed: a multiple of `children` (3), such as 9, because each child holds as many sessions',
    ],
    [
      { children: 3, sessionsPerChild: 2, maxSessions: 8 },
      'found `maxSessions` 8; allowed: 6, which is `children` (3) × `sessionsPerChild` (2); change one of the three',
    ],
    [
      { sessionsPerChild: 1, maxSessions: 8 },
      'found `maxSessions` 8; allowed: 1, which is `children` (1) × `sessionsPerChild` (1); change one of the three',
    ],
  ])('%j is refused', async (options, problem) => {
    const error = await failure(() => createPool({ ...program('echo'), ...options, name: 'echoes' }), 'CONFIG_INVALID');
    expect(error.message).toBe(`Cannot make pool "echoes": ${problem}`);
  });
});
