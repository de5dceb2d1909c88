/** Something else stands in the bucket of a run: of another program, or of another version. It is told, and left alone. */
import { Kvm, type KV } from '@nats-io/kv';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keysOf } from './support/buckets.ts';
import { failure, TestHost } from './support/hosts.ts';
import { binary, oneServer, reason } from './support/servers.ts';

interface Found {
  readonly connection: NatsConnection;
  readonly kv: KV;
  readonly stream: string;
  readonly keys: readonly string[];
}

/** @param filter of its keys */
async function bucketOn(url: string, filter: string): Promise<Found> {
  const connection = await connect({ servers: url });
  onTestFinished(() => connection.close());
  const { bucket, keys } = await keysOf(connection, filter);
  return { connection, kv: await new Kvm(connection).open(bucket), stream: `KV_${bucket}`, keys };
}

/** What an error says of it. */
function says(shown: string, { stream, keys: [key = ''] }: Found): string {
  const bucket = stream.replace('KV_', '');
  return `the key ${JSON.stringify(key)} of its bucket has ${shown}, which this version of Carpool cannot read; give all hosts of the run the same version, or see what else writes to the bucket ${bucket}, and remove that: \`nats stream rm --force ${stream}\` ends all leases of the run`;
}

const place = { id: 'x', host: 'y', weight: 1, by: 'a test' };
const record = { name: 'db', kind: 'lock', size: 1, round: 0, held: [], waiting: [] };

describe.skipIf(binary === undefined)(`what cannot be read${reason}`, () => {
  test.each([
    ['no JSON', 'garbage'],
    ['another object', '{"held":1}'],
    ['null', 'null'],
    ['another kind', JSON.stringify({ ...record, kind: 'latch' })],
    ['a holder that is none', JSON.stringify({ ...record, held: [null] })],
    ['a holder without a weight', JSON.stringify({ ...record, held: [{ ...place, weight: '1' }] })],
    ['more than is shown', JSON.stringify('x'.repeat(500))],
  ])('under a name, %s: what comes and what waits fails, what is held stays', async (_, text) => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    const found = await bucketOn(url, '*.name.*');
    const { kv, keys, stream, connection } = found;
    expect(keys).toHaveLength(1);
    const [key = ''] = keys;
    await kv.put(key, text);
    const failed = [waiting.granted, b.take({ name: 'db', wait: false }), new TestHost(url).take('db')];
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    for (const { code, message } of await Promise.all(failed.map(failure))) {
      expect(code).toBe('REACH_UNAVAILABLE');
      expect(message).toBe(`Cannot use NATS at ${url}, run "r": ${says(shown, found)}`);
    }
    // Other names, and sessions, go on.
    expect((await b.take('other')).fence.bucket).toBe(held.fence.bucket);
    held.lease.release();
    expect((await failure(a.take({ name: 'db', wait: false }))).message).toContain('cannot read');
    expect((await kv.get(key))?.string()).toBe(text);
    await (await jetstreamManager(connection)).streams.delete(stream);
    await expect
      .poll(async () => await a.take('db').then(({ fence }) => fence.bucket !== held.fence.bucket, String))
      .toBe(true);
  });

  test.each(['epoch', '*.settled'])('under the key %s: all calls fail, until it is removed', async (which) => {
    const { url } = await oneServer();
    const first = new TestHost(url);
    await first.take('db');
    const found = await bucketOn(url, which);
    const { kv, keys, stream, connection } = found;
    await kv.put(keys[0] ?? '', '[1]');
    const host = new TestHost(url);
    const failed = [host.take('db'), host.take({ name: 'x', wait: false }), host.connection.load('x')];
    for (const { code, message } of await Promise.all(failed.map(failure))) {
      expect(code).toBe('REACH_UNAVAILABLE');
      expect(message).toContain(says('[1]', found));
    }
    expect((await kv.get(keys[0] ?? ''))?.string()).toBe('[1]');
    await (await jetstreamManager(connection)).streams.delete(stream);
    expect((await host.take('x')).fence.revision).toBeGreaterThan(0);
  });

  test('under the key of a session: what it holds is lost, and given to who waits', async () => {
    const { url } = await oneServer();
    const a = new TestHost(url);
    const held = await a.take('db');
    const { kv, keys } = await bucketOn(url, '*.host.*');
    expect(keys).toHaveLength(1);
    const waiting = new TestHost(url).ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    await kv.put(keys[0] ?? '', 'garbage');
    const { message } = await held.lost;
    expect(message).toContain(
      `the key "${keys[0]}" of its bucket has garbage, which this version of Carpool cannot read`,
    );
    // The same bucket: others have lost nothing.
    const { fence } = await waiting.granted;
    expect(fence.bucket).toBe(held.fence.bucket);
    expect(fence.revision).toBeGreaterThan(held.fence.revision);
  });

  test('under the key of a value: it is not taken for one', async () => {
    const { url } = await oneServer();
    const host = new TestHost(url);
    await host.connection.store('v', Buffer.from('x'));
    const found = await bucketOn(url, '*.value.*');
    await found.kv.put(found.keys[0] ?? '', '7');
    const { code, message } = await failure(host.connection.load('v'));
    expect(code).toBe('REACH_UNAVAILABLE');
    expect(message).toBe(`Cannot read the value "v" at NATS at ${url}, run "r": ${says('7', found)}`);
  });
});
