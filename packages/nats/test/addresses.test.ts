/** What is in the address of a real server to prove who asks: it is taken, and shown nowhere. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { nats, type NatsOptions } from '../src/index.ts';
import { FakeServer } from './support/fake-server.ts';
import { failure, TestHost } from './support/hosts.ts';
import { binary, freePorts, jetStreamAnd, oneServer, reason } from './support/servers.ts';

interface Heard {
  readonly happened: string[];
}

function topicOf(servers: string | readonly string[], options: NatsOptions = {}): Heard {
  const happened: string[] = [];
  const topic = nats(servers, { connectTimeout: 500, ...options }).topic!({
    host: 'a test',
    role: 'looks',
    heard: () => {},
    connected: () => void happened.push('connected'),
    failed: ({ message }) => void happened.push(message),
  });
  onTestFinished(() => topic.close());
  return { happened };
}

const ofUser = 'authorization { user: "c:i", password: "p@/:,%?# ss" }';
const ofToken = 'authorization { token: "t@/:,%?# n" }';

describe.skipIf(binary === undefined)(`addresses with credentials${reason}`, () => {
  test.each([
    [ofUser, `${encodeURIComponent('c:i')}:${encodeURIComponent('p@/:,%?# ss')}`],
    [ofToken, encodeURIComponent('t@/:,%?# n')],
  ])('%s: those of the address are taken, with and without a scheme', async (config, proof) => {
    const { port } = await oneServer(config);
    const place = `${proof}@127.0.0.1:${port}`;
    const all = [`nats://${place}`, place, [`nats://${place}`, `nats://127.0.0.1:${port}`]].map((url) => topicOf(url));
    await expect.poll(() => all.map(({ happened }) => happened)).toEqual(all.map(() => ['connected']));
  });

  test('leases take them, too', async () => {
    const { port } = await oneServer(jetStreamAnd('authorization { user: ci, password: "p%" }'));
    const host = new TestHost(`nats://ci:p%25@127.0.0.1:${port}`);
    expect((await host.take('x')).fence.revision).toBeGreaterThan(0);
  });

  test.each([
    ['ci:wrong', 'it refuses the user and the password in its address; what is no letter or digit is percent-encoded'],
    ['wrong', 'it refuses the token in its address; what is no letter or digit is percent-encoded there, "@" as %40'],
  ])('%s: what is refused is said, and not shown', async (proof, why) => {
    const { port } = await oneServer('authorization { user: ci, password: right }');
    for (const scheme of ['nats://', '']) {
      const { happened } = topicOf(`${scheme}${proof}@127.0.0.1:${port}`);
      await expect.poll(() => happened[0]).toContain(`Cannot use NATS at ${scheme}127.0.0.1:${port}: ${why}`);
      expect(happened.join()).not.toContain('wrong');
    }
  });

  test('a server that wants credentials, and gets none, or refuses those of the options', async () => {
    const { url } = await oneServer('authorization { user: ci, password: right }');
    const [none, others] = [topicOf(url), topicOf(url, { user: 'ci', password: 'wrong' })];
    await expect.poll(() => none.happened[0]).toMatch(/: it wants credentials, and none were given: see `token`/);
    await expect.poll(() => others.happened[0]).toMatch(/: it refuses these credentials: see `token`/);
    expect(others.happened.join()).not.toContain('wrong');
  });

  test('a server that is not there: what starts one has JetStream only where that is needed', async () => {
    const [port = 0] = await freePorts(1);
    const url = `ci:secret@127.0.0.1:${port}`;
    const { happened } = topicOf(url, { connectTimeout: 1 });
    await expect.poll(() => happened[0]).toMatch(/: start one with `nats-server`, or correct the address$/);
    const host = new TestHost(url, { connectTimeout: 1 });
    const failed = await failure(host.connection.load('x'));
    expect(failed).toMatchObject({ message: expect.stringContaining('start one with `nats-server -js`') as string });
    expect(happened.join() + failed.message).not.toContain('secret');
  });
});

test('a password goes to no server without TLS whose address begins with `tls://`', async () => {
  const server = await FakeServer.start(() => false);
  const place = server.url.replace('nats://', '');
  const { happened } = topicOf(`tls://ci:right@${place}`);
  await expect.poll(() => happened[0]).toMatch(/: TLS failed: server does not support 'tls'; see `tls` of nats\(\)/);
  await expect.poll(() => server.open).toBe(0);
  expect([server.accepted > 0, server.received]).toEqual([true, 0]);
  // One whose address does not.
  const plain = topicOf(`ci:right@${place}`);
  await expect.poll(() => plain.happened).toEqual(['connected']);
  expect([server.greeted, server.received > 0]).toEqual([1, true]);
});
