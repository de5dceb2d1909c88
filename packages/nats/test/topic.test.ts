/** Texts go from each to all on a real server. */
import type { Topic } from 'carpool';
import { describe, expect, onTestFinished, test } from 'vitest';
import { nats } from '../src/index.ts';
import { binary, freePorts, NatsServer, oneServer, reason } from './support/servers.ts';

interface Party {
  readonly topic: Topic;
  readonly heard: string[];
  readonly happened: string[];
}

function party(url: string): Party {
  const [heard, happened]: string[][] = [[], []];
  const topic = nats(url, { connectTimeout: 500 }).topic?.({
    host: 'a test',
    heard: (text) => void heard!.push(text),
    connected: () => void happened!.push('connected'),
    failed: ({ message }) => void happened!.push(message),
  });
  onTestFinished(() => topic!.close());
  return { topic: topic!, heard: heard!, happened: happened! };
}

describe.skipIf(binary === undefined)(`a topic${reason}`, () => {
  test('all hear what one publishes, without JetStream and without a run; nothing after its end', async () => {
    const { url } = await oneServer('');
    const [a, b] = [party(url), party(url)];
    await expect.poll(() => [...a.happened, ...b.happened]).toEqual(['connected', 'connected']);
    a.topic.publish('one');
    await expect.poll(() => [...a.heard, ...b.heard]).toEqual(['one', 'one']);
    b.topic.publish('last');
    await b.topic.close();
    b.topic.publish('after the end');
    await expect.poll(() => a.heard).toEqual(['one', 'last']);
  });

  test('it says that there is no server, goes on trying, and is heard again when there is one', async () => {
    const [port = 0] = await freePorts(1);
    const server = new NatsServer(port, '');
    const [a, b] = [party(server.url), party(server.url)];
    await expect.poll(() => a.happened[0], { timeout: 5_000 }).toMatch(/^Cannot use NATS at .*no server answers/);
    await server.start();
    await expect
      .poll(() => [a, b].map((one) => one.happened.at(-1)), { timeout: 10_000 })
      .toEqual(['connected', 'connected']);
    await server.kill();
    await expect.poll(() => a.happened.at(-1), { timeout: 5_000 }).toMatch(/the connection was lost$/);
    a.topic.publish('lost');
    await server.start();
    await expect
      .poll(() => [a, b].map((one) => one.happened.at(-1)), { timeout: 10_000 })
      .toEqual(['connected', 'connected']);
    b.topic.publish('back');
    await expect.poll(() => a.heard.at(-1)).toBe('back');
  }, 30_000);

  test('`hosts: false` has none', () => {
    expect(nats('nats://127.0.0.1:1', { hosts: false }).topic).toBeUndefined();
  });
});
