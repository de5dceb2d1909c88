/** Texts go from each to all of the other role on a real server. */
import type { Topic, TopicOptions } from 'carpool';
import { describe, expect, onTestFinished, test } from 'vitest';
import { nats, type NatsOptions } from '../src/index.ts';
import { NatsTopic, type TopicWaits } from '../src/topic.ts';
import { FakeServer } from './support/fake-server.ts';
import { binary, freePorts, NatsServer, oneServer, reason } from './support/servers.ts';

interface Party {
  readonly topic: Topic;
  readonly heard: string[];
  readonly happened: string[];
}

type Role = TopicOptions['role'];

/** @param waits milliseconds between attempts; default: those of a user's */
function party(role: Role, url: string, options: NatsOptions = {}, waits?: TopicWaits): Party {
  const [heard, happened]: string[][] = [[], []];
  const events: TopicOptions = {
    host: 'a test',
    role,
    heard: (text) => void heard!.push(text),
    connected: () => void happened!.push('connected'),
    failed: ({ message }) => void happened!.push(message),
  };
  const given = { connectTimeout: 500, ...options };
  const topic =
    waits === undefined
      ? nats(url, given).topic!(events)
      : new NatsTopic(
          { servers: [url], options: given, proofInAddress: false, name: `NATS at ${url}`, host: 'a test' },
          events,
          waits,
        );
  onTestFinished(() => topic.close());
  return { topic, heard: heard!, happened: happened! };
}

describe.skipIf(binary === undefined)(`a topic${reason}`, () => {
  test('all that look hear what one offers, and all that offer what one asks, without JetStream and without a run', async () => {
    const { url } = await oneServer('');
    const [a, b, x, y] = [party('offers', url), party('offers', url), party('looks', url), party('looks', url)];
    await expect.poll(() => [a, b, x, y].flatMap((each) => each.happened)).toEqual(Array(4).fill('connected'));
    a.topic.publish('one');
    x.topic.publish('who?');
    await expect.poll(() => [x.heard, y.heard, a.heard, b.heard]).toEqual([['one'], ['one'], ['who?'], ['who?']]);
    b.topic.publish('last');
    await b.topic.close();
    b.topic.publish('after the end');
    // What was sent by then has come before this.
    const c = party('offers', url);
    await expect.poll(() => c.happened).toEqual(['connected']);
    c.topic.publish('later');
    await expect.poll(() => x.heard).toContain('later');
    expect(x.heard).toEqual(['one', 'last', 'later']);
    expect([a.heard, b.heard, c.heard]).toEqual([['who?'], ['who?'], []]);
  });

  test('it says that there is no server, goes on trying, and is heard again when there is one', async () => {
    const [port = 0] = await freePorts(1);
    const server = new NatsServer(port, '');
    const [a, b] = [party('looks', server.url), party('offers', server.url)];
    await expect.poll(() => a.happened[0]).toMatch(/^Cannot use NATS at .*no server answers/);
    await server.start();
    await expect
      .poll(() => [a, b].map((one) => one.happened.at(-1)), { timeout: 20_000 })
      .toEqual(['connected', 'connected']);
    await server.kill();
    await expect.poll(() => a.happened.at(-1)).toMatch(/the connection was lost$/);
    a.topic.publish('lost');
    await server.start();
    await expect
      .poll(() => [a, b].map((one) => one.happened.at(-1)), { timeout: 20_000 })
      .toEqual(['connected', 'connected']);
    b.topic.publish('back');
    await expect.poll(() => a.heard.at(-1)).toBe('back');
  });

  const [user, password] = ['a', 'p'];
  /** @param permissions of the user */
  const server = (port: number, permissions: string): NatsServer =>
    new NatsServer(port, `authorization { users: [ { user: a, password: p, permissions: { ${permissions} } } ] }`);
  const everything = 'publish: ">", subscribe: ">"';

  const other = { offers: 'looks', looks: 'offers' } as const;

  test.each([
    [
      'offers',
      'publish: ">", subscribe: { deny: "carpool.>" }',
      'subscribe to "carpool.hosts.asks"',
      'publish to "carpool.hosts"',
    ],
    [
      'offers',
      'publish: { deny: "carpool.hosts" }, subscribe: ">"',
      'publish to "carpool.hosts"',
      'subscribe to "carpool.hosts.asks"',
    ],
    [
      'looks',
      'publish: ">", subscribe: { deny: "carpool.hosts" }',
      'subscribe to "carpool.hosts"',
      'publish to "carpool.hosts.asks"',
    ],
    [
      'looks',
      'publish: { deny: "carpool.hosts.asks" }, subscribe: ">"',
      'publish to "carpool.hosts.asks"',
      'subscribe to "carpool.hosts"',
    ],
  ] as const)(
    'one that %s, with %s: one sentence, and nothing that says it is heard; with the permission it is',
    async (role, less, what, also) => {
      const [port = 0] = await freePorts(1);
      const refuses = await server(port, less).start();
      const a = party(role, refuses.url, { user, password }, { retry: 10, refused: 50 });
      const sentence = `Cannot use NATS at ${refuses.url}: its user may not ${what}, where hosts hear of each other: allow that, and to ${also}, in the \`permissions\` of the server, or give \`hosts: false\` to nats()`;
      // It goes on trying: as long as that is so, nothing else is said.
      await expect.poll(() => a.happened.length).toBeGreaterThan(2);
      expect(new Set(a.happened)).toEqual(new Set([sentence]));
      await refuses.kill();
      const allows = await server(port, everything).start();
      await expect.poll(() => a.happened.at(-1)).toBe('connected');
      const b = party(other[role], allows.url, { user, password }, { retry: 10, refused: 50 });
      await expect.poll(() => b.happened).toEqual(['connected']);
      a.topic.publish('one');
      b.topic.publish('two');
      await expect.poll(() => [a.heard, b.heard]).toEqual([['two'], ['one']]);
      // Taken away again, which a connection learns that comes back.
      await allows.kill();
      await server(port, less).start();
      await expect.poll(() => a.happened.at(-1)).toBe(sentence);
      expect(a.happened.slice(a.happened.indexOf('connected') + 1)).not.toContain('connected');
    },
  );

  test('a user that may only look is enough for one that looks, and not for one that offers', async () => {
    const [port = 0] = await freePorts(1);
    const { url } = await server(port, 'publish: "carpool.hosts.asks", subscribe: "carpool.hosts"').start();
    const [looks, offers] = [party('looks', url, { user, password }), party('offers', url, { user, password })];
    await expect.poll(() => looks.happened).toEqual(['connected']);
    await expect.poll(() => offers.happened[0]).toMatch(/: its user may not (publish|subscribe) to "carpool\.hosts/);
  });

  test('credentials that are taken back: one sentence, and an attempt from time to time', async () => {
    const [port = 0] = await freePorts(1);
    const good = await server(port, everything).start();
    const a = party('offers', good.url, { user, password }, { retry: 10, refused: 50 });
    await expect.poll(() => a.happened).toEqual(['connected']);
    await good.kill();
    const other = new NatsServer(port, 'authorization { user: b, password: p }');
    await other.start();
    await expect.poll(() => a.happened.at(-1)).toMatch(/it refuses these credentials: see `token`/);
    expect(a.happened.filter((line) => line === 'connected')).toHaveLength(1);
    await other.kill();
    await server(port, everything).start();
    await expect.poll(() => a.happened.at(-1)).toBe('connected');
  });

  test('a server that is lost between the connection and its first answer: one connection comes back, and stays alone', async () => {
    const fake = await FakeServer.start(({ number, pings }) => number === 1 && pings === 2);
    const a = party('offers', fake.url, {}, { retry: 1, refused: 1 });
    await expect.poll(() => a.happened.at(-1)).toBe('connected');
    const b = party('looks', fake.url);
    await expect.poll(() => b.happened).toEqual(['connected']);
    for (let turn = 0; turn < 50; turn++) {
      b.topic.publish(`turn ${turn}`);
      await expect.poll(() => a.heard.at(-1), { interval: 2 }).toBe(`turn ${turn}`);
    }
    expect([a.heard.length, fake.open, fake.greeted]).toEqual([50, 2, 3]);
    await b.topic.close();
    await a.topic.close();
    await expect.poll(() => fake.open).toBe(0);
  });

  test('what is larger than the server takes is one sentence; it does not throw', async () => {
    const [port = 0] = await freePorts(1);
    const { url } = await new NatsServer(port, 'max_payload: 1024').start();
    const [a, b] = [party('offers', url), party('looks', url)];
    await expect.poll(() => [...a.happened, ...b.happened]).toEqual(['connected', 'connected']);
    a.topic.publish('x'.repeat(1_025));
    expect(a.happened.at(-1)).toMatch(
      /: 1025 bytes cannot be published, and the server takes 1024 at most .*`max_payload`$/,
    );
    a.topic.publish('x'.repeat(1_024));
    await expect.poll(() => b.heard.length).toBe(1);
  });

  test('`hosts: false` has none', () => {
    expect(nats('nats://127.0.0.1:1', { hosts: false }).topic).toBeUndefined();
  });
});
