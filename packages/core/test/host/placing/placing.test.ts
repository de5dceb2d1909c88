// Which registrations wait for other hosts, and for how long.
import { expect, test } from 'vitest';
import { mostRuns } from '../../../src/host/placing/other-runs.ts';
import type { PoolMade } from '../../../src/reach/offer.ts';
import { PlacingWorld, turn } from '../../support/placing.ts';

test('nothing is opened on other hosts before this one is full; then the registration waits for it, and goes there', async () => {
  const world = new PlacingWorld();
  await world.pass(500);
  expect(world.topic.published).toBe(0);
  await world.full();
  world.offers('b', 4);
  await world.pass(500);
  expect(world.runs).toHaveLength(0);
  const second = world.register();
  await world.pass(500);
  expect([world.runs.map(({ host }) => host), second.now]).toEqual([['b'], undefined]);
  expect(world.placing.status()).toEqual([{ name: 'ci-b', address: 'b:7000', sessions: 0, state: 'connecting' }]);
  world.runs[0]!.opens();
  await turn();
  expect(second.now).toBe('sent to b');
  const [connected] = world.placing.status();
  expect(connected).toEqual({ name: 'ci-b', address: 'b:7000', sessions: 0, state: 'connected' });
  world.placed().openedElsewhere?.('b');
  world.placed().openedElsewhere?.('one that has gone');
  expect(world.placing.status()).toEqual([{ ...connected, sessions: 1 }]);
});

test('while it looks, a slot of this host is taken; a registration that is cancelled is not sent', async () => {
  const world = new PlacingWorld();
  const [first] = await world.full();
  const [taken, cancelled] = [world.register(), world.register()];
  // One that was sent there would take its only slot.
  world.offers('b', 1);
  await world.pass(400);
  cancelled.cancel();
  await first!.end();
  await world.pass(100);
  expect([taken.now, cancelled.now]).toEqual(['here', 'failed: Error: cancelled']);
  world.runs[0]!.opens();
  await turn();
  expect(world.placing.full('db')).toBe(0);
});

test('an opening that hangs is waited for by all together for 2 s, once; then this host has what comes', async () => {
  const world = new PlacingWorld();
  await world.full();
  const early = world.register();
  world.offers('b', 4);
  await world.pass(1_500);
  const late = world.register();
  await world.pass(400);
  expect(world.pools.get('db')!.queued).toBe(0);
  await world.pass(200);
  expect(world.pools.get('db')!.queued).toBe(2);
  world.offers('b', 4);
  const next = world.register();
  await turn();
  expect(world.pools.get('db')!.queued).toBe(3);
  // What has opened at last is used.
  world.runs[0]!.opens();
  await turn();
  expect([early, late, next].map(({ now }) => now)).toEqual(['sent to b', 'sent to b', 'sent to b']);
});

test('what opens on a host without the pool is not waited for', async () => {
  const world = new PlacingWorld({ db: 1, api: 1 });
  await world.full();
  await world.full('api');
  const other = world.register({ pool: 'api' });
  world.offers('b', 4, { pool: 'api' });
  await world.pass(1_000);
  expect([world.runs.length, other.now]).toEqual([1, undefined]);
  // All are known that there are.
  const waiting = world.register();
  await turn();
  expect([waiting.now, world.pools.get('db')!.queued]).toEqual([undefined, 1]);
});

test('no more than half of the time that is left, of the call or the test, goes for the look', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.register({ timeout: 1_000 });
  world.register({ timeLeft: 1_200, spent: 200 });
  world.register({ timeout: 1_000, timeLeft: 600 });
  world.offers('b', 4);
  await world.pass(250);
  expect(world.pools.get('db')!.queued).toBe(0);
  await world.pass(50);
  expect(world.pools.get('db')!.asked.at(-1)).toMatchObject({ timeout: 1_000, timeLeft: 600, spent: 300 });
  await world.pass(200);
  const { asked } = world.pools.get('db')!;
  expect(asked.slice(-2)).toMatchObject([
    { timeout: 1_000, spent: 500 },
    { timeLeft: 1_200, spent: 700 },
  ]);
});

test('a run that cannot be opened is told once, and tried again after 30 s', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.register();
  world.offers('b', 4);
  await world.pass(100);
  world.runs[0]!.fails('Cannot open this run on ci-b: it is broken');
  for (let second = 0; second < 40; second++) {
    world.offers('b', 4);
    await world.pass(1_000);
  }
  expect(world.runs).toHaveLength(2);
  world.runs[1]!.fails('Cannot open this run on ci-b: it is still broken');
  expect(world.warnings).toEqual([
    'Cannot open this run on ci-b: it is broken; no session of this run goes there for 30 s',
  ]);
  expect(world.placing.status()).toEqual([]);
});

test('the hosts that can be open are bounded, which is told; one that has gone makes room', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.register();
  for (let n = 0; n <= mostRuns + 1; n++) world.offers(`h${n}`, 0);
  await world.pass(100);
  expect(world.runs).toHaveLength(mostRuns);
  expect(world.warnings).toEqual(['this run is open on 64 other hosts, and that is the limit: it goes to no more']);
  world.runs[0]!.opens();
  world.runs[0]!.ends();
  world.offers(`h${mostRuns}`, 0);
  await turn();
  expect(world.runs.at(-1)!.host).toBe(`h${mostRuns}`);
});

test('there is no way to other hosts, which is told once; what comes stays here at once', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.topic.fail();
  expect(world.warnings).toEqual([]);
  const waiting = world.register();
  await turn();
  expect([waiting.now, world.pools.get('db')!.queued]).toEqual([undefined, 1]);
  for (let n = 0; n < 3; n++) {
    world.topic.connect();
    world.topic.fail();
  }
  expect(world.warnings).toEqual(['no session of this run goes to other hosts: Cannot use a fake: it is cut']);
});

test('what the pools are made of cannot be found out: the same', async () => {
  const world = new PlacingWorld(undefined, { made: () => Promise.reject(new Error('no such file')) });
  await world.full();
  const waiting = world.register();
  await turn();
  expect([waiting.now, world.pools.get('db')!.queued]).toEqual([undefined, 1]);
  expect(world.warnings).toEqual(['no session of this run goes to other hosts: no such file']);
});

test('what the pools are made of takes long: the first is waited for no longer than 2 s', async () => {
  const found = Promise.withResolvers<ReadonlyMap<string, PoolMade>>();
  const world = new PlacingWorld(undefined, { made: () => found.promise });
  await world.full();
  world.register();
  await world.pass(1_950);
  expect(world.pools.get('db')!.queued).toBe(0);
  await world.pass(50);
  expect(world.pools.get('db')!.queued).toBe(1);
  world.register();
  await turn();
  expect(world.pools.get('db')!.queued).toBe(2);
});

test('the end: what looks stays here, nothing is opened or told any more, and no timer is left', async () => {
  const world = new PlacingWorld();
  await world.full();
  const looking = world.register();
  world.offers('b', 4);
  await world.pass(100);
  const closing = world.placing.close();
  await turn();
  expect([looking.now, world.pools.get('db')!.queued]).toEqual([undefined, 1]);
  await closing;
  expect(world.runs.map(({ isOver }) => isOver)).toEqual([true]);
  world.offers('c', 4);
  world.topic.fail();
  await world.pass(100);
  expect([world.runs.length, world.warnings, world.clock.pending]).toEqual([1, [], 0]);
});

test('a topic that is lost while it closes is no problem of the run', async () => {
  const world = new PlacingWorld();
  await world.full();
  world.register();
  await world.pass(500);
  const closing = world.placing.close();
  world.topic.fail();
  await closing;
  expect(world.warnings).toEqual([]);
});

test('what is kept here while all are full makes this host no fuller, once it has ended', async () => {
  const world = new PlacingWorld();
  await world.connected('b', 4);
  for (let n = 0; n < 20; n++) {
    // 10 for each slot: this host, where one waits, is to be chosen each time.
    world.offers('b', 0, { queued: 40 });
    const waiting = world.register();
    await world.pass(500);
    expect(waiting.now).toBeUndefined();
    waiting.cancel();
    await turn();
  }
  expect(world.pools.get('db')!.queued).toBe(0);
});

test('a new run begins once on each host, however many pools there are', async () => {
  const world = new PlacingWorld({ db: 1, api: 1 });
  const run = await world.connected('b', 4);
  for (const pool of ['db', 'api']) world.placed(pool).resetFailures();
  expect(run.renewed).toBe(1);
  await turn();
  for (const pool of ['db', 'api']) world.placed(pool).resetFailures();
  expect(run.renewed).toBe(2);
});

test('hosts that are full are those that offer the same pool, and have no slot that nothing was sent to', async () => {
  const world = new PlacingWorld();
  expect(world.placing.full('db')).toBeUndefined();
  await world.connected('b', 1);
  world.offers('c', 0);
  world.offers('d', 0, { identity: 'another' });
  expect(world.placing.full('db')).toBe(1);
  await world.register().outcome();
  expect(world.placing.full('db')).toBe(2);
  expect(world.placing.full('other')).toBeUndefined();
});
