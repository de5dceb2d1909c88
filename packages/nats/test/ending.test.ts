/** The end of hosts: the bucket of a run goes with the last one, also where the server is slow, or a host was killed before. */
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { describeBucket } from '../src/leftovers.ts';
import { TestHost } from './support/hosts.ts';
import { Recorder } from './support/recorder.ts';
import { binary, oneServer, reason, type NatsServer } from './support/servers.ts';

async function connected(servers: string): Promise<NatsConnection> {
  const connection = await connect({ servers });
  onTestFinished(() => connection.close());
  return connection;
}

async function streams(connection: NatsConnection): Promise<StreamInfo[]> {
  const found: StreamInfo[] = [];
  for await (const info of (await jetstreamManager(connection)).streams.list()) found.push(info);
  return found;
}

async function names(connection: NatsConnection): Promise<string[]> {
  return (await streams(connection)).map(({ config }) => config.name);
}

/** It is stopped: what is asked from here on has no answer. */
async function stopped(server: NatsServer, connection: NatsConnection): Promise<void> {
  server.signal('SIGSTOP');
  const answers = async (): Promise<boolean> =>
    await Promise.race([connection.flush().then(() => true), pause(50).then(() => false)]);
  await expect.poll(answers).toBe(false);
}

/** What hosts of this test print. */
function printed(): string[] {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void lines.push(String(text)));
  onTestFinished(() => void vi.restoreAllMocks());
  return lines;
}

describe.skipIf(binary === undefined)(`the end of a run${reason}`, () => {
  test('a server from which nothing is heard for 2 s: it is asked again, and all is removed, with the values', async () => {
    const server = await oneServer();
    const lines = printed();
    const a = new TestHost(server.url);
    await a.take('db');
    await a.connection.store('large', new Uint8Array(600_000));
    const connection = await connected(server.url);
    expect(await names(connection)).toHaveLength(2);
    await stopped(server, connection);
    const closed = a.connection.close();
    // How slow it is.
    await pause(2_000);
    server.signal('SIGCONT');
    await closed;
    expect([await names(connection), lines]).toEqual([[], []]);
  });

  test('where the server is away for longer, what may stay is told by name, and a host of a later run removes it', async () => {
    const server = await oneServer();
    const lines = printed();
    const a = new TestHost(server.url, { ttl: 1_000 });
    await a.take('db');
    const connection = await connected(server.url);
    const [name = ''] = await names(connection);
    await stopped(server, connection);
    const began = performance.now();
    await a.connection.close();
    // By its deadline it is 4.7 s.
    expect(performance.now() - began).toBeLessThan(10_000);
    server.signal('SIGCONT');
    expect(lines).toEqual([
      expect.stringMatching(
        new RegExp(
          `^NATS at nats://127\\.0\\.0\\.1:\\d+, run "r": its bucket may stay there: .+; the next run on this server removes it, or \`nats stream rm --force ${name}\`$`,
        ),
      ),
    ]);
    // What was sent may come yet: then the session is over, and the bucket is there.
    expect(await names(connection)).toEqual([name]);
    // For as long as five ttl by the clock of the server, which cannot be set.
    await pause(5_000);
    const later = new TestHost(server.url, { ttl: 1_000, run: 'later' });
    await later.take('db');
    await expect.poll(() => names(connection), { timeout: 20_000 }).not.toContain(name);
  });

  test('a host whose session was lost, and is there again, ends that of before, too', async () => {
    const server = await oneServer();
    const lines = printed();
    const a = new TestHost(server.url);
    const held = await a.take('db');
    server.signal('SIGSTOP');
    await held.lost;
    server.signal('SIGCONT');
    await a.take('another');
    await a.connection.close();
    expect([await names(await connected(server.url)), lines]).toEqual([[], []]);
  });

  test('a host that was killed a moment before the last one ends: nothing stays', async () => {
    const { url } = await oneServer();
    const lines = printed();
    const ttl = 1_500;
    const recorder = new Recorder({ servers: url, run: 'r', ttl, names: ['its own'] });
    onTestFinished(() => recorder.killAll());
    const a = new TestHost(url, { ttl });
    await a.take('db');
    const killed = recorder.start();
    await expect.poll(() => recorder.grants, { timeout: 20_000 }).toBeGreaterThan(0);
    await recorder.kill(killed);
    await a.connection.close();
    expect([await names(await connected(url)), lines]).toEqual([[], []]);
  });

  test('with a longer ttl that is not known in time: it is told which host may be there', async () => {
    const { url } = await oneServer();
    const lines = printed();
    const recorder = new Recorder({ servers: url, run: 'r', ttl: 6_000, names: ['its own'] });
    onTestFinished(() => recorder.killAll());
    const a = new TestHost(url, { ttl: 6_000 });
    await a.take('db');
    const killed = recorder.start();
    await expect.poll(() => recorder.grants, { timeout: 20_000 }).toBeGreaterThan(0);
    await recorder.kill(killed);
    await a.connection.close();
    expect(lines).toEqual([
      expect.stringMatching(/may stay there: host \d+ has not ended its session, .* \d s ago; the/),
    ]);
    expect(await names(await connected(url))).toHaveLength(1);
  });

  test('it is left to a host that is there, at once, and to one that waits for the new bucket of the run', async () => {
    const { url } = await oneServer();
    const lines = printed();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const connection = await connected(url);
    // Neither has a session yet: that of a new bucket begins after a ttl.
    await expect.poll(() => names(connection)).toHaveLength(1);
    const before = await streams(connection);
    const waiting = b.ask({ name: 'db' });
    const first = await Promise.race([
      a.connection.close().then(() => 'it has ended'),
      // A ttl after the bucket was made.
      waiting.granted.then(() => 'the other one was granted it'),
    ]);
    expect(first).toBe('it has ended');
    const { lease } = await waiting.granted;
    expect((await streams(connection)).map(({ created }) => created)).toEqual(before.map(({ created }) => created));
    lease.release();
    await b.connection.close();
    expect([await names(connection), lines]).toEqual([[], []]);
  });

  test('two that end at the same moment: the bucket is gone, and neither says anything', async () => {
    const { url } = await oneServer();
    const lines = printed();
    const all = Array.from({ length: 8 }, () => new TestHost(url));
    await Promise.all(all.map((host, number) => host.take(`db ${number}`)));
    await Promise.all(all.map(({ connection }) => connection.close()));
    expect([await names(await connected(url)), lines]).toEqual([[], []]);
  });

  test('a run that ends before it is connected makes no bucket', async () => {
    const { url } = await oneServer();
    const lines = printed();
    const connection = await connected(url);
    const made: string[] = [];
    connection.subscribe('$JS.API.STREAM.CREATE.>', { callback: (_, { subject }) => void made.push(subject) });
    await connection.flush();
    const a = new TestHost(url);
    await a.connection.close();
    const b = new TestHost(url, { run: 'another' });
    await b.take('db');
    expect([made.map((subject) => /carpool_([a-z]+)/.exec(subject)?.[1]), lines]).toEqual([['another'], []]);
  });

  test('what stands in the description of a bucket is its run and its ttl', () => {
    expect(describeBucket('pipeline 7', 6_000)).toBe('Carpool, run "pipeline 7", ttl 6000 ms');
  });
});
