/** Leases of several hosts on a real server. */
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, test } from 'vitest';
import { failure, TestHost } from './support/hosts.ts';
import { binary, oneServer, reason } from './support/servers.ts';

async function streams(url: string): Promise<string[]> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  const names: string[] = [];
  for await (const name of manager.streams.names()) names.push(name);
  await connection.close();
  return names;
}

describe.skipIf(binary === undefined)(`leases${reason}`, () => {
  test('a lock goes from host to host, with a fence that rises', async () => {
    const { url } = await oneServer();
    const [a, b, c] = [new TestHost(url), new TestHost(url), new TestHost(url)];
    const first = await a.take('db');
    const [second, third] = [b.ask({ name: 'db' }), c.ask({ name: 'db' })];
    expect((await failure(b.take({ name: 'db', wait: false }))).message).toContain(`it is held by a test on ${a.name}`);
    await expect.poll(() => second.lease.describe()).toContain(`it is held by a test on ${a.name}`);
    first.lease.release();
    const one = await Promise.race([second.granted, third.granted]);
    one.lease.release();
    const both = await Promise.all([second.granted, third.granted]);
    const revisions = both.map(({ fence }) => fence.revision).toSorted((x, y) => x - y);
    expect(revisions[0]).toBeGreaterThan(first.fence.revision);
    expect(revisions[1]).toBeGreaterThan(revisions[0] ?? 0);
    expect(new Set(both.map(({ fence }) => fence.bucket))).toEqual(new Set([first.fence.bucket]));
  });

  test('readers share, a writer is alone; permits are counted; a part of them is given back', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const rwlock = { name: 'rw', kind: 'rwlock', size: 2 ** 30 } as const;
    const [reader, other] = await Promise.all([a.take(rwlock), b.take(rwlock)]);
    const writer = a.ask({ ...rwlock, weight: 2 ** 30 });
    reader.lease.release();
    other.lease.release();
    await writer.granted;

    const cpu = { name: 'cpu', kind: 'semaphore', size: 4 } as const;
    const three = await a.take({ ...cpu, weight: 3 });
    await b.take(cpu);
    const two = b.ask({ ...cpu, weight: 2 });
    three.lease.release(2);
    await two.granted;
    expect((await failure(a.take({ name: 'cpu', kind: 'semaphore', size: 9, wait: false }))).message).toContain(
      'on another host it is a semaphore of 4',
    );
  });

  test('a value is reserved once', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const users = { name: 'users', kind: 'reservation', size: 1, wait: false } as const;
    const first = await a.take({ ...users, values: ['ann', 'ben'] });
    expect(first.values).toEqual(['ann', 'ben']);
    const second = await b.take({ ...users, values: ['ben', 'cas'] });
    expect(second.values).toEqual(['cas']);
    expect((await b.take({ ...users, values: ['ann'] })).values).toEqual([]);
    first.lease.release();
    await expect.poll(async () => (await b.take({ ...users, values: ['ann'] })).values).toEqual(['ann']);
  });

  test('a value of `once` reaches the other hosts, a large one, too', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const large = Buffer.alloc(3 * 1024 * 1024, 'x');
    await a.connection.store('small', Buffer.from('hello'));
    await a.connection.store('large', large);
    expect(Buffer.from((await b.connection.load('small')) ?? []).toString()).toBe('hello');
    expect(Buffer.compare(Buffer.from((await b.connection.load('large')) ?? []), large)).toBe(0);
    expect(await b.connection.load('nothing')).toBeUndefined();
  });

  test('what a host had that ends is free at once, and the last one leaves nothing', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url, { ttl: 60_000 }), new TestHost(url, { ttl: 2_000, run: 'other' })];
    await b.take('db');
    await b.connection.store('large', Buffer.alloc(1024 * 1024));
    const heir = new TestHost(url, { ttl: 2_000, run: 'other' });
    const next = heir.ask({ name: 'db' });
    await expect.poll(() => next.lease.describe()).toContain('it is held by');
    await b.connection.close();
    await next.granted;
    expect((await streams(url)).length).toBe(3);
    await Promise.all([heir.connection.close(), a.connection.close()]);
    expect(await streams(url)).toEqual([]);
  });

  test('two machines with one name are two hosts: each has its own, also where the other one ends', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url, {}, 'ci'), new TestHost(url, {}, 'ci')];
    const held = await a.take('db');
    const own = await b.take('other');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by a test on ci');
    await a.connection.close();
    expect((await waiting.granted).fence.revision).toBeGreaterThan(held.fence.revision);
    const third = new TestHost(url, {}, 'ci');
    const now = third.ask({ name: 'other' });
    await expect.poll(() => now.lease.describe()).toContain('it is held by a test on ci');
    own.lease.release();
    await now.granted;
  });

  test('1,000 waiters of a host delay another host by one turn', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const held = await a.take('db');
    let turns = 0;
    const many = Array.from({ length: 1_000 }, () => a.ask({ name: 'db' }));
    for (const { granted } of many)
      void granted.then(({ lease }) => {
        turns++;
        lease.release();
      });
    const one = b.ask({ name: 'db' });
    await expect.poll(() => one.lease.describe()).toContain('it is held by');
    held.lease.release();
    await one.granted;
    expect(turns).toBeLessThanOrEqual(2);
    for (const { lease } of many) lease.release();
  });
});
