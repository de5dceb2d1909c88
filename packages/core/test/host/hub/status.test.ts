/** What a hub says of itself, and that to look at it changes nothing. */
import { expect, test } from 'vitest';
import { HostClient } from '../../../src/client/client.ts';
import { Hub } from '../../../src/host/hub/hub.ts';
import { IdleEnd } from '../../../src/machine/idle-end.ts';
import { FakeClock } from '../../support/clock.ts';
import { program, until } from '../../support/pools.ts';
import { serve } from '../../support/hubs.ts';

test('leases of each kind, with their holders, their waits in the order of their turns, and counts of all', async () => {
  const served = await serve({});
  const client = await served.connect();
  const { leases } = client;
  const lock = { name: 'db', kind: 'lock', size: 1, weight: 1 } as const;
  await leases.acquire({ ...lock, holder: { test: 'first', file: 'a.test.ts' }, at: 'a.test.ts:1:2' });
  const waits = ['second', 'third', 'fourth'].map((name) => leases.acquire({ ...lock, holder: { test: name } }));
  for (const wait of waits) wait.catch(() => {});
  await leases.acquire({ name: 'cpu', kind: 'semaphore', size: 4, weight: 2 });
  await leases.acquire({ name: 'cpu', kind: 'semaphore', size: 4, weight: 1 });
  const rwlock = { name: 'schema', kind: 'rwlock', size: 2 ** 30 } as const;
  await leases.acquire({ ...rwlock, weight: 2 ** 30 });
  await leases.reserve({ space: 'users', values: ['ada', 'grace'], holder: { test: 'signs in' } });
  const { leases: shown, leaseCount, kind } = await client.ask({ method: 'status', most: 2 }, 5_000);
  expect([kind, leaseCount]).toEqual(['run', 4]);
  // The most wanted, then the most held.
  expect(shown).toMatchObject([
    {
      name: 'db',
      kind: 'lock',
      scope: 'run',
      used: 1,
      holderCount: 1,
      holders: [{ test: 'first', file: 'a.test.ts', takenAt: 'a.test.ts:1:2' }],
      waitCount: 3,
      waiting: [{ test: 'second' }, { test: 'third' }],
    },
    { name: 'cpu', kind: 'semaphore', size: 4, used: 3, holderCount: 2, holders: [{ amount: 2 }, {}], waitCount: 0 },
  ]);
  expect(shown[0]?.waiting[0]?.age).toBeGreaterThanOrEqual(0);
  const { leases: all } = await client.ask({ method: 'status' }, 5_000);
  expect(all.slice(2)).toMatchObject([
    { name: 'schema', kind: 'rwlock', used: 1, holders: [{}] },
    { name: 'users', kind: 'reservation', used: 2, holderCount: 1, holders: [{ test: 'signs in', amount: 2 }] },
  ]);
  expect(all[2]?.holders[0]?.amount).toBeUndefined();
});

test('calls that wait for a slot, and pools whose config is not loaded yet are not waited for', async () => {
  const served = await serve({ echoes: program('echo', { maxSessions: 1 }) });
  const client = await served.connect();
  await client.register('echoes', { holder: { test: 'first' } });
  const waiting = client.register('echoes', { holder: { test: 'second', file: 'b.test.ts' } });
  waiting.catch(() => {});
  await until('it waits', () => served.pool().stats().queued === 1);
  const { pools } = await client.ask({ method: 'status' }, 5_000);
  expect(pools).toMatchObject([
    { open: 1, queued: 1, sessions: [{ test: 'first' }], waiting: [{ test: 'second', file: 'b.test.ts' }] },
  ]);
  const hub = new Hub({ token: '0'.repeat(64), pools: new Promise(() => {}) });
  expect((await hub.status({ method: 'status' })).pools).toEqual([]);
});

test('what only looks is no worker', async () => {
  const changes: number[] = [];
  const served = await serve({}, { peersChanged: () => changes.push(served.hub.peers) });
  const looks = await HostClient.connect({ address: served.address, runner: 'a test', observer: true });
  expect(served.hub.peers).toBe(0);
  await served.connect();
  expect(served.hub.peers).toBe(1);
  looks.close();
  expect(changes.slice(0, 2)).toEqual([0, 1]);
});

test('a host that is not used ends in time, however often something looks at it', () => {
  const clock = new FakeClock();
  let ended = 0;
  let used = false;
  const idle = new IdleEnd({ idle: 100, inUse: () => used, end: () => ended++, clock });
  idle.look();
  clock.pass(60);
  idle.look();
  clock.pass(39);
  expect(ended).toBe(0);
  clock.pass(1);
  expect(ended).toBe(1);
  used = true;
  idle.look();
  used = false;
  idle.look();
  clock.pass(99);
  expect(ended).toBe(1);
  idle.cancel();
});
