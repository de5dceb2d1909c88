/** What hosts of one run share in the scope `reach`: two hosts in this process, and an engine of the test's own. */
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { getPort, lock, once, reservations, rwlock, semaphore } from '../../src/entry/coordination.ts';
import type { LeaseEvent, TimelineEvent } from '../../src/base/timeline.ts';
import { deadlockOf } from '../../src/report/analyse.ts';
import { op } from '../../src/wire/frames.ts';
import { FakeReach } from '../support/fake-reach.ts';
import { failure } from '../support/failure.ts';
import { serve, type Served } from '../support/hubs.ts';
import { place } from '../support/pools.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { endTest, running, type Running } from '../support/tests.ts';

const reach = { scope: 'reach' } as const;

interface Hosts {
  readonly engine: FakeReach;
  readonly served: readonly [Served, Served];
  readonly tests: readonly [Running, Running];
}

/** With a private folder for large values. */
async function host(number: string): Promise<Served> {
  const folder = join(place().path, number);
  mkdirSync(folder);
  return await serve({}, { folder });
}

async function twoHosts(): Promise<Hosts> {
  const engine = new FakeReach();
  const served = [await host('0'), await host('1')] as const;
  for (const [number, { hub }] of served.entries()) hub.reach.configured(engine, `host-${number}`);
  return { engine, served, tests: [await running(served[0], 'a'), await running(served[1], 'b')] };
}

test('leases of the scope `reach` are in the timeline, too', async () => {
  const timeline: TimelineEvent[] = [];
  const served = await serve({}, { timelineOf: () => ({ add: (event) => void timeline.push(event) }) });
  served.hub.reach.configured(new FakeReach(), 'host-0');
  const a = await running(served, 'a');
  (await a.as(() => lock('db', reach).acquire())).release();
  await a.as(() => once('seed', async () => 1, reach));
  await endTest(a);
  await served.hub.close();
  expect(timeline).toMatchObject([
    { event: 'lease', name: 'db', kind: 'lock', test: 'a', granted: expect.any(Number) as number },
    { event: 'lease', name: 'seed', kind: 'once', test: 'a' },
  ]);
});

test('a deadlock is in the timeline with its cycle, and a wait that was too long with what held it', async () => {
  const timeline: TimelineEvent[] = [];
  const served = await serve({}, { timelineOf: () => ({ add: (event) => void timeline.push(event) }) });
  const [a, b] = [await running(served, 'a'), await running(served, 'b')];
  await a.as(() => lock('one').acquire());
  await b.as(() => lock('two').acquire());
  const waits = a.as(() => lock('two').acquire({ timeout: 20_000 }));
  await expect.poll(() => served.hub.coordination.ledger.waiting).toBe(1);
  await failure(
    b.as(() => lock('one').acquire()),
    'LEASE_DEADLOCK',
  );
  await failure(
    b.as(() => lock('one').acquireNow()),
    'LEASE_TAKEN',
  );
  const c = await running(served, 'c');
  await failure(
    c.as(() => lock('one').acquire({ timeout: 50 })),
    'LEASE_TIMEOUT',
  );
  const [deadlock, late, ...rest] = timeline as readonly LeaseEvent[];
  expect(rest).toEqual([]);
  expect(deadlock).toMatchObject({ name: 'one', test: 'b', granted: undefined });
  expect(deadlock && deadlockOf(deadlock)).toEqual([
    expect.stringMatching(/^"b" waits for lock "one", which "a" \(.*\) holds$/),
    expect.stringMatching(/^"a" waits for lock "two", which "b" \(.*\) holds$/),
  ]);
  expect(late).toMatchObject({ name: 'one', test: 'c', granted: undefined });
  expect(late?.failure).toMatch(/^Cannot acquire lock "one": timed out after 50 ms; .*"a"/);
  expect(late && deadlockOf(late)).toBeUndefined();
  await endTest(b);
  await waits;
});

describe('locks', () => {
  test('go from host to host, with a fence that rises; the run and the machine have none', async () => {
    const { tests } = await twoHosts();
    const [a, b] = tests;
    const held = await a.as(() => lock('db', reach).acquire());
    expect(held.fence).toEqual({ bucket: 'b', revision: 1 });
    const waiting = b.as(() => lock('db', reach).acquire());
    // The lock of the run is another one.
    const own = await b.as(() => lock('db').acquire());
    expect(own.fence).toBeUndefined();
    held.release();
    expect((await waiting).fence?.revision).toBe(2);
  });

  test('take turns among the tests of a host first, which finds their deadlocks', async () => {
    const { engine, served, tests } = await twoHosts();
    const [a, b] = tests;
    const c = await running(served[0], 'c');
    await a.as(() => lock('one', reach).acquire());
    await c.as(() => lock('two', reach).acquire());
    const waits = a.as(() => lock('two', reach).acquire({ timeout: 20_000 }));
    await expect.poll(() => served[0].hub.reach.coordination.ledger.waiting).toBe(1);
    await failure(
      c.as(() => lock('one', reach).acquire()),
      'LEASE_DEADLOCK',
    );
    await endTest(c);
    await waits;
    expect(engine.holders('two')).toBe(1);
    const late = await failure(
      b.as(() => lock('one', reach).acquire({ timeout: 50 })),
      'LEASE_TIMEOUT',
    );
    expect(late.message).toMatch(
      /^Cannot acquire lock "one" of all hosts of the run: timed out after 50 ms; it is held by "a" \(a\.test\.ts\) on host-0\. /,
    );
    await endTest(a);
    await b.as(() => lock('one', reach).acquire());
  });

  test('that another host has are refused where the call does not wait', async () => {
    const { tests } = await twoHosts();
    const [a, b] = tests;
    await a.as(() => lock('db', reach).acquire());
    await failure(
      b.as(() => lock('db', reach).acquireNow()),
      'LEASE_TAKEN',
    );
    expect((await a.as(() => rwlock('rw', reach).acquireRead())).held).toBe(true);
    expect((await b.as(() => rwlock('rw', reach).acquireReadNow())).held).toBe(true);
  });

  test('that are lost are told to their holder, and fail a test that does not look', async () => {
    const { engine, tests } = await twoHosts();
    const [a, b] = tests;
    const looked = await a.as(() => lock('looked', reach).acquire());
    const { lost } = looked;
    const other = await b.as(() => lock('other', reach).acquire());
    const next = b.as(() => lock('looked', reach).acquire());
    engine.lose('looked');
    engine.lose('other');
    await next;
    await expect.poll(() => lost.aborted).toBe(true);
    expect([looked.held, (lost.reason as Error).message]).toEqual([
      false,
      'Lost lock "looked": the server was stopped',
    ]);
    await expect.poll(() => other.held).toBe(false);
    looked.release();
    await endTest(a);
    expect(a.test.failures).toEqual([]);
    await endTest(b);
    expect(b.test.failures).toMatchObject([
      { code: 'LEASE_LOST', message: 'Lost lock "other": the server was stopped' },
    ]);
  });
});

test('permits are given back in parts; the end of a worker gives all back', async () => {
  const { engine, tests } = await twoHosts();
  const [a, b] = tests;
  const permits = await a.as(() => semaphore('cpu', 4, reach).acquire(3));
  const waiting = b.as(() => semaphore('cpu', 4, reach).acquire(2));
  permits.release(1);
  expect((await waiting).weight).toBe(2);
  expect(engine.holders('cpu')).toBe(2);
  a.client.close();
  await expect.poll(() => engine.holders('cpu')).toBe(1);
  await b.as(() => semaphore('cpu', 4, reach).acquire(2));
});

test('a value is reserved on one host', async () => {
  const { tests } = await twoHosts();
  const [a, b] = tests;
  const users = reservations('users', reach);
  const first = await a.as(() => users.reserve(['ann', 'ben']));
  expect([first.values, first.fence?.revision]).toEqual([['ann', 'ben'], 1]);
  expect((await b.as(() => users.reserve(['ben', 'cas']))).values).toEqual(['cas']);
  const none = await b.as(() => users.reserve(['ann']));
  expect([none.values, none.held]).toEqual([[], false]);
  await endTest(a);
  await expect.poll(async () => (await b.as(() => users.reserve(['ann']))).values).toEqual(['ann']);
});

describe('once', () => {
  test.each([10, 600 * 1024])('a value of %s characters is computed on one host, and is there on all', async (size) => {
    const { tests, served, engine } = await twoHosts();
    const [a, b] = tests;
    const c = await running(served[1], 'c');
    let computed = 0;
    const value = async (): Promise<string> => {
      computed++;
      return 'x'.repeat(size);
    };
    const got = await Promise.all([a, b, c].map((one) => one.as(() => once('token', value, reach))));
    expect([computed, new Set(got).size, got[0]?.length]).toEqual([1, 1, size]);
    expect(await c.as(() => once('token', value, reach))).toBe(got[0]);
    expect([computed, engine.holders('token')]).toEqual([1, 0]);
  });

  test('a value of 40 MiB is there on all hosts', async () => {
    const { tests } = await twoHosts();
    const value = async (): Promise<Uint8Array> => new Uint8Array(40 * 1024 * 1024).fill(7);
    for (const one of tests) {
      const got = await one.as(() => once('index', value, reach));
      expect([got.length, got.every((byte) => byte === 7)]).toEqual([40 * 1024 * 1024, true]);
    }
  });

  test('a value of more than 256 MiB is refused, and is not read; the next host computes it', async () => {
    const { engine, served, tests } = await twoHosts();
    const peer = await RawPeer.join(served[0]);
    const asked = { method: 'once', lease: 1, key: 'index', name: 'index', reach: true };
    const { store } = (await peer.call(asked)).body as { store: string };
    // Without blocks on the disk.
    writeFileSync(store, '');
    truncateSync(store, 256 * 1024 * 1024 + 1);
    const next = tests[1].as(() => once('index', () => 'small', reach));
    const settled = await peer.call({ method: 'settle', lease: 1, reach: true, stored: true });
    expect([settled.op, settled.body]).toEqual([
      op.FAILED,
      expect.objectContaining({
        code: 'ONCE_FAILED',
        message: 'Cannot send a value of `once` to another machine: it has 268435457 bytes, and 268435456 is the limit',
      }),
    ]);
    peer.close();
    expect(await next).toBe('small');
    expect([...engine.stored.values()].map(({ length }) => length < 100)).toEqual([true]);
  });

  test('that fails is computed by the next host', async () => {
    const { tests } = await twoHosts();
    const [a, b] = tests;
    const failing = a.as(() =>
      once('token', () => Promise.reject(new Error('no network')), reach).catch((thrown: Error) => thrown.message),
    );
    expect(await failing).toBe('no network');
    expect(await b.as(() => once('token', () => 'second', reach))).toBe('second');
  });

  test('that fails while others wait: those of its host get ONCE_FAILED, those of another host compute it', async () => {
    const { engine, served, tests } = await twoHosts();
    const [a, b] = tests;
    const beside = await running(served[0], 'beside');
    const gate = Promise.withResolvers<string>();
    const failing = a.as(() => once('token', () => gate.promise, reach).catch((thrown: unknown) => thrown));
    await expect.poll(() => engine.holders('token')).toBe(1);
    const told = failure(
      beside.as(() => once('token', () => 'not asked for', reach)),
      'ONCE_FAILED',
    );
    const elsewhere = b.as(() => once('token', () => 'second', reach));
    await expect.poll(() => [served[0].hub.reach.coordination.ledger.waiting, engine.waiters('token')]).toEqual([1, 1]);
    const why = new Error('no network');
    gate.reject(why);
    expect(await failing).toBe(why);
    expect((await told).message).toContain('no network');
    expect(await elsewhere).toBe('second');
    expect(await beside.as(() => once('token', () => 'not asked for', reach))).toBe('second');
  });

  test('whose role is lost is computed by another', async () => {
    const { engine, tests } = await twoHosts();
    const [a, b] = tests;
    const gate = Promise.withResolvers<string>();
    const slow = failure(
      a.as(() => once('token', () => gate.promise, reach)),
      'LEASE_LOST',
    );
    await expect.poll(() => engine.holders('token')).toBe(1);
    engine.lose('token');
    expect(await b.as(() => once('token', () => 'second', reach))).toBe('second');
    gate.resolve('first');
    await slow;
  });
});

test('without `reach` in the config, and for ports, it says what there is', async () => {
  const served = await serve({});
  const a = await running(served, 'a');
  const early = failure(
    a.as(() => lock('db', reach).acquire()),
    'LEASE_INVALID',
  );
  served.hub.reach.configured(undefined, '');
  expect((await early).message).toContain('the config has no `reach`');
  const port = await failure(
    a.as(() => getPort({ scope: 'reach' as never })),
    'LEASE_INVALID',
  );
  expect(port.message).toContain('ports are of one machine');
});

test('what a call wanted that was given up before the config was loaded is never held', async () => {
  const engine = new FakeReach();
  const served = await serve({});
  const a = await running(served, 'a');
  const given = new AbortController();
  const waits = a.as(() => lock('db', reach).acquire({ signal: given.signal }));
  given.abort(new Error('enough'));
  await expect(waits).rejects.toThrow('enough');
  await a.as(() => lock('beside').acquire());
  served.hub.reach.configured(engine, 'host-0');
  const other = await a.as(() => lock('other', reach).acquire());
  expect([other.held, engine.holders('db')]).toEqual([true, 0]);
});

test('a host that ends closes its connection, and opens none where its config is loaded later', async () => {
  const { engine, served } = await twoHosts();
  expect([engine.hosts, engine.connections]).toEqual([['host-0', 'host-1'], 2]);
  await served[0].hub.close();
  expect(engine.connections).toBe(1);
  const { hub } = await serve({});
  await hub.close();
  hub.reach.configured(engine, 'late');
  await failure(hub.reach.connection, 'LEASE_LOST');
  expect([engine.hosts.length, engine.connections]).toEqual([2, 1]);
});
