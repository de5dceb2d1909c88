// A lease ends with its owner, however the owner ends: a test, a file, a worker that ends or is killed, a host.
import { describe, expect, test } from 'vitest';
import { leasePort, lock, once, reserve } from '../../src/entry/coordination.ts';
import { FileOwner } from '../../src/client/file-owner.ts';
import { op } from '../../src/wire/frames.ts';
import { failure } from '../support/failure.ts';
import { serve, type Served } from '../support/hubs.ts';
import { until } from '../support/pools.ts';
import { RawPeer, type Heard } from '../support/raw-peer.ts';
import { endTest, running } from '../support/tests.ts';

const leases = ({ hub }: Served) => ({
  held: hub.coordination.ledger.held,
  waiting: hub.coordination.ledger.waiting,
  reserved: hub.coordination.reservations.size,
});
const nothing = { held: 0, waiting: 0, reserved: 0 };

const acquire = (peer: RawPeer, lease: number, more: object = {}): Promise<Heard> =>
  peer.call({ method: 'acquire', lease, name: 'db', kind: 'lock', size: 1, weight: 1, ...more });

describe('the end of', () => {
  test('a test releases what it holds and what it waits for, and nothing else', async () => {
    const served = await serve({});
    const a = await running(served, 'a');
    const b = await running(served, 'b', a);
    const held = await a.as(() => lock('x').acquire());
    const values = await a.as(() => reserve(1, 2));
    const others = await b.as(() => lock('y').acquire());
    const ofFile = await a.as(() => lock('z').acquire({ scope: 'file' }));
    const failing = failure(
      a.as(() => lock('y').acquire()),
      'LEASE_LOST',
    );
    await until('it waits', () => leases(served).waiting === 1);
    await endTest(a);
    expect((await failing).message).toBe('Cannot acquire lock "y": it ended because its test has ended');
    expect([held.held, values.held, others.held, ofFile.held]).toEqual([false, false, true, true]);
    held.release();
    expect(leases(served)).toEqual({ held: 2, waiting: 0, reserved: 0 });
    const late = await failure(
      a.as(() => lock('x').acquire()),
      'LEASE_LOST',
    );
    expect(late.message).toBe('Cannot acquire anything: the test has ended');
    await a.file.end();
    // The file of `b` too.
    expect([others.held, ofFile.held]).toEqual([false, false]);
    expect(leases(served)).toEqual(nothing);
  });

  test('a file also releases what its tests hold, and a worker what its files do not', async () => {
    const served = await serve({});
    const a = await running(served, 'a');
    await a.as(() => lock('x').acquire());
    await a.asFile(() => lock('y').acquire());
    const ofWorker = await a.as(() => lock('z').acquire({ scope: 'worker' }));
    await a.file.end();
    expect(leases(served)).toEqual({ ...nothing, held: 1 });
    expect(ofWorker.held).toBe(true);
    await a.worker.end();
    expect(leases(served)).toEqual(nothing);
    expect(ofWorker.held).toBe(false);
  });

  test('a worker that disconnects, or is killed, releases everything', async () => {
    const served = await serve({});
    const peer = await RawPeer.join(served);
    await acquire(peer, 1);
    await peer.call({ method: 'reserve', lease: 2, space: 's', values: ['1'], under: ['file', 'test'] });
    const [other, third] = [await running(served, 'other'), await running(served, 'third')];
    await third.as(() => lock('held').acquire());
    acquire(peer, 3, { name: 'held', under: ['file'] }).catch(() => {});
    const next = other.as(() => lock('db').acquire());
    await until('both wait', () => leases(served).waiting === 2);
    peer.close();
    expect((await next).held).toBe(true);
    await until('it waits no longer', () => leases(served).waiting === 0);
    expect(leases(served)).toEqual({ held: 2, waiting: 0, reserved: 0 });
    for (const { client } of [other, third]) client.close();
    await until('nothing is left', () => leases(served).held === 0);
  });

  test('the host is reported to holders, and fails waiters', async () => {
    const served = await serve({});
    const [a, b] = [await running(served, 'a'), await running(served, 'b')];
    const held = await a.as(() => lock('x').acquire());
    const port = await a.as(() => leasePort());
    const failing = b.as(() => lock('x').acquire()).catch((thrown: unknown) => thrown as Error);
    await until('it waits', () => leases(served).waiting === 1);
    await served.hub.close();
    await Promise.all([a.client.closed, b.client.closed]);
    expect([held.held, port.held]).toEqual([false, false]);
    held.release();
    expect(await failing).toMatchObject({ name: expect.stringMatching(/^CarpoolError \[[A-Z_]+\]$/) });
    await expect(a.as(() => lock('x').acquire())).rejects.toMatchObject({
      name: expect.stringMatching(/^CarpoolError \[[A-Z_]+\]$/),
    });
  });
});

test('a lease that is requested while its owner ends is released', async () => {
  const served = await serve({});
  const client = await served.connect();
  const connecting = Promise.withResolvers<typeof client>();
  const file = new FileOwner({ path: ['f'], holder: {}, connect: () => connecting.promise });
  const asked = failure(file.leases.acquire({ name: 'x', kind: 'lock', size: 1, weight: 1 }, {}), 'LEASE_LOST');
  await file.end();
  connecting.resolve(client);
  expect((await asked).message).toContain('the file has ended');
  expect(leases(served)).toEqual(nothing);
});

describe('on the wire', () => {
  test('a lease is released in parts, in all, and again, without an answer', async () => {
    const served = await serve({});
    const peer = await RawPeer.join(served);
    const cpu = { name: 'cpu', kind: 'semaphore', size: 3, weight: 3 };
    expect(await acquire(peer, 7, cpu)).toMatchObject({ op: op.RESULT, body: {} });
    peer.say(op.RELEASE, 0, 7, { amount: 1 });
    expect(await acquire(peer, 8, { ...cpu, weight: 1 })).toMatchObject({ op: op.RESULT });
    peer.say(op.RELEASE, 0, 7, new Uint8Array(0));
    peer.say(op.RELEASE, 0, 7, new Uint8Array(0));
    peer.say(op.RELEASE, 0, 99, new Uint8Array(0));
    expect(await acquire(peer, 9, { ...cpu, weight: 2 })).toMatchObject({ op: op.RESULT });
    expect(leases(served).held).toBe(2);
  });

  test.each([
    ['CANCEL', (peer: RawPeer) => peer.say(op.CANCEL, 0, 900, new Uint8Array(0))],
    ['RELEASE', (peer: RawPeer) => peer.say(op.RELEASE, 0, 2, new Uint8Array(0))],
  ])('%s gives up waiting', async (_, giveUp) => {
    const served = await serve({});
    const [peer, other] = [await RawPeer.join(served), await RawPeer.join(served)];
    await acquire(other, 1);
    peer.say(op.CALL, 0, 900, { method: 'acquire', lease: 2, name: 'db', kind: 'lock', size: 1, weight: 1 });
    await until('it waits', () => leases(served).waiting === 1);
    giveUp(peer);
    expect(await peer.hear(({ call }) => call === 900)).toMatchObject({ op: op.FAILED, body: { code: 'LEASE_LOST' } });
    expect(leases(served)).toEqual({ ...nothing, held: 1 });
    // Its number is free again.
    await acquire(peer, 2, { name: 'other' });
  });

  test.each([
    ['a number that is none', { lease: 'x' }],
    ['a number that is 0', { lease: 0 }],
    ['a number that is in use', { lease: 1 }],
    ['a kind that is none', { kind: 'bicycle' }],
    ['a size that is none', { size: 7 }],
    ['a name that is none', { name: 7 }],
    ['an owner that is none', { under: 7 }],
    ['an owner that is a text', { under: 'ab' }],
    ['an owner with invalid names', { under: [null] }],
    ['an owner inside of too many', { under: Array.from({ length: 5_000 }, String) }],
    ['the kind of what is computed', { kind: 'once', name: 'key', size: 2 }],
  ])('%s is refused, and the worker goes on', async (_, wrong) => {
    const served = await serve({});
    const peer = await RawPeer.join(served);
    await acquire(peer, 1);
    expect(await acquire(peer, 2, { name: 'other', ...wrong })).toMatchObject({ op: op.FAILED });
    expect(await acquire(peer, 3, { name: 'third', holder: 'unknown', at: 7 })).toMatchObject({ op: op.RESULT });
    expect(leases(served)).toEqual({ ...nothing, held: 2 });
  });

  test.each([
    ['no values', { values: 7 }],
    ['values that are no text', { values: [7] }],
    ['too many values', { values: Array.from({ length: 10_001 }, String) }],
    ['no space', { space: undefined }],
  ])('a reservation of %s is refused', async (_, wrong) => {
    const served = await serve({});
    const peer = await RawPeer.join(served);
    const request = { method: 'reserve', lease: 1, space: 's', values: ['1'], ...wrong };
    expect(await peer.call(request)).toMatchObject({ op: op.FAILED, body: { code: 'LEASE_INVALID' } });
    expect(leases(served)).toEqual(nothing);
  });

  test('a worker that settles what it does not compute is refused', async () => {
    const served = await serve({});
    const peer = await RawPeer.join(served);
    expect(await peer.call({ method: 'settle', lease: 1, value: 'x' })).toMatchObject({ body: { code: 'LEASE_LOST' } });
    await acquire(peer, 1);
    expect(await peer.call({ method: 'settle', lease: 1, value: 'x' })).toMatchObject({
      body: { code: 'LEASE_INVALID' },
    });
    expect(served.hub.coordination.ledger.held).toBe(1);
    await peer.call({ method: 'once', lease: 2, key: 'k' });
    expect(await peer.call({ method: 'settle', lease: 2, value: 7 })).toMatchObject({ op: op.FAILED });
    expect(await peer.call({ method: 'settle', lease: 2, failure: 7 })).toMatchObject({ op: op.RESULT });
  });

  test('an invalid part of a lease ends its worker, and no other', async () => {
    const served = await serve({});
    const [peer, other] = [await RawPeer.join(served), await running(served, 'other')];
    await acquire(peer, 1, { name: 'cpu', kind: 'semaphore', size: 3, weight: 2 });
    peer.say(op.RELEASE, 0, 1, { amount: 0.5 });
    await peer.closed;
    await until('it is free', () => leases(served).held === 0);
    expect(await other.as(() => once('fine', () => 1))).toBe(1);
  });
});
