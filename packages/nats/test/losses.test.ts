/** What holders are told when the server, the bucket or the connection is lost, and when others get the same. */
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Kvm } from '@nats-io/kv';
import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, test } from 'vitest';
import { emptyRecord } from '../src/record.ts';
import { keysOf } from './support/buckets.ts';
import { failure, TestHost } from './support/hosts.ts';
import { binary, jetStreamAnd, NatsServer, oneServer, freePorts, reason } from './support/servers.ts';

/** The subject on which hosts tell of writes to a name that is in use. */
async function nameKey(connection: NatsConnection): Promise<string> {
  const { bucket, keys } = await keysOf(connection, '*.name.*');
  expect(keys).not.toEqual([]);
  return `carpool.${bucket}.${keys[0]}`;
}

describe.skipIf(binary === undefined)(`losses${reason}`, () => {
  test('a server that ends loses what is held: it is told before it is given again', async () => {
    const server = await oneServer();
    const [a, b] = [new TestHost(server.url), new TestHost(server.url)];
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await server.kill();
    let told = false;
    void held.lost.then(() => (told = true));
    const next = waiting.granted.then((granted) => ({ granted, told }));
    await server.start();
    const { granted, told: before } = await next;
    expect(before).toBe(true);
    expect(granted.fence.bucket).not.toBe(held.fence.bucket);
    const { code, message } = await held.lost;
    expect(code).toBe('LEASE_LOST');
    expect(message).toMatch(
      /^Lost lock "db" of NATS at nats:\/\/127\.0\.0\.1:\d+, run "r": .*\. Another host may have the same from now on$/,
    );
  });

  test('a server from which nothing is heard: the holder is told by its own clock', async () => {
    const server = await oneServer();
    const a = new TestHost(server.url);
    const held = await a.take('db');
    const began = performance.now();
    server.signal('SIGSTOP');
    const { message } = await held.lost;
    expect(message).toContain('it could not be renewed for 1000 ms');
    // Long before a connection is given up.
    expect(performance.now() - began).toBeLessThan(10_000);
    const waiting = a.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('does not answer');
    server.signal('SIGCONT');
    await waiting.granted;
  });

  test('a call that does not wait is told that the server does not answer, once it is known', async () => {
    const server = await oneServer();
    const a = new TestHost(server.url);
    await a.take('db');
    await server.kill();
    const began = performance.now();
    const reserved = a.take({ name: 'accounts', kind: 'reservation', wait: false, values: ['ann'] });
    const [{ code, message }, now] = await Promise.all([
      failure(reserved),
      failure(a.take({ name: 'x', wait: false })),
    ]);
    expect([code, now.code]).toEqual(['REACH_UNAVAILABLE', 'REACH_UNAVAILABLE']);
    expect(message).toContain('it could not be renewed for 1000 ms');
    expect(performance.now() - began).toBeLessThan(10_000);
    await server.start();
    expect((await a.take('x')).fence.revision).toBeGreaterThan(0);
  });

  test('a bucket that is deleted meanwhile', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const held = await a.take('db');
    const connection = await connect({ servers: url });
    const manager = await jetstreamManager(connection);
    for await (const name of manager.streams.names()) await manager.streams.delete(name);
    const { message } = await held.lost;
    expect(message).toContain('the bucket does not know it any more');
    expect((await b.take('db')).fence.bucket).not.toBe(held.fence.bucket);
    await connection.close();
  });

  test('keys that are removed meanwhile', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    const connection = await connect({ servers: url });
    const { bucket, keys } = await keysOf(connection, '*.host.*');
    expect(keys).toHaveLength(2);
    const kv = await new Kvm(connection).open(bucket);
    for (const key of keys) await kv.purge(key);
    const { message } = await held.lost;
    expect(message).toContain('the bucket does not know it any more');
    await waiting.granted;
    await connection.close();
  });

  test('what others publish where hosts tell of their writes does no harm', async () => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    const connection = await connect({ servers: url });
    const subjects: string[] = [];
    const subscription = connection.subscribe('carpool.>', {
      callback: (_, { subject }) => void subjects.push(subject),
    });
    await b.take('other');
    await expect.poll(() => subjects.length).toBeGreaterThan(0);
    const name = await nameKey(connection);
    for (const garbage of [
      '{',
      'null',
      '{"revision":1e9}',
      '{"revision":2e9,"value":{"held":[],"waiting":[],"size":1}}',
      JSON.stringify({ revision: 3e9, value: emptyRecord({ name: 'db', kind: 'lock', size: 1 }) }),
    ])
      connection.publish(name, garbage);
    await connection.flush();
    held.lease.release();
    await waiting.granted;
    subscription.unsubscribe();
    await connection.close();
    expect((await a.take('third')).fence.revision).toBeGreaterThan(0);
  });

  test('no server, wrong credentials, no JetStream, no run: one sentence each', async () => {
    const [port = 0] = await freePorts(1);
    const nobody = new TestHost(`nats://user:secret@127.0.0.1:${port}`, { connectTimeout: 300 });
    const { code, message } = await failure(nobody.take('db'));
    expect(code).toBe('REACH_UNAVAILABLE');
    expect(message).toMatch(
      new RegExp(
        `^Cannot use NATS at nats://127\\.0\\.0\\.1:${port}: no server answers there within 300 ms \\(.*\\): start one with`,
      ),
    );

    const guarded = await oneServer(jetStreamAnd('authorization { token: "right" }'));
    const wrong = await failure(new TestHost(guarded.url, { token: 'wrong' }).take('db'));
    expect(wrong.message).toContain('it refuses these credentials');
    await new TestHost(guarded.url, { token: 'right' }).take('db');

    const plain = await oneServer('');
    expect((await failure(new TestHost(plain.url).take('db'))).message).toContain(
      'the server has no JetStream for this user',
    );
    const { url } = await oneServer();
    expect((await failure(new TestHost(url, { run: '' }).take('db'))).message).toContain(
      'set CARPOOL_RUN to the same text',
    );
    expect((await failure(new TestHost(url, { run: 'a b' }).take('db'))).message).toContain(
      'the id of the run is "a b"',
    );
    const missing = await failure(new TestHost(url, { credentials: '/nowhere/x.creds' }).take('db'));
    expect(missing.message).toContain('the file `credentials` cannot be read: ENOENT');
  });

  test.each([
    ['publish: { deny: "$JS.API.>" }', 'publish to "$JS.API.INFO"'],
    ['subscribe: { deny: "_INBOX.>" }', 'subscribe to "_INBOX.'],
  ])('a user with %s: one sentence', async (permissions, what) => {
    const users = `users: [ { user: a, password: p, permissions: { ${permissions} } } ]`;
    const { url } = await oneServer(jetStreamAnd(`authorization { ${users} }`));
    const { code, message } = await failure(new TestHost(url, { user: 'a', password: 'p' }).take('db'));
    expect([code, message]).toEqual(['REACH_UNAVAILABLE', expect.stringContaining(`its user may not ${what}`)]);
  });

  test('a name that is not found is no fault of TLS, whatever it is', async () => {
    const nobody = new TestHost('nats://tls.ssl.invalid:4222', { connectTimeout: 200 });
    expect((await failure(nobody.take('db'))).message).toMatch(
      /: no server answers there within 200 ms \(.*\): start one/,
    );
  });

  test('a server that comes a little later is found', async () => {
    const [port = 0] = await freePorts(1);
    const server = new NatsServer(port, jetStreamAnd(''));
    const host = new TestHost(server.url, { connectTimeout: 20_000 });
    const taken = host.take('db');
    await server.start();
    expect((await taken).fence.revision).toBeGreaterThan(0);
  });
});
