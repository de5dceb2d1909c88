/** What a user of NATS must be permitted: the list of the documentation, which is read here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { failure, TestHost } from './support/hosts.ts';
import { binary, freePorts, jetStreamAnd, oneServer, reason } from './support/servers.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reach.md'), 'utf8');
const [, publish = '', subscribe = ''] =
  /^A user of NATS needs JetStream, and may publish ([^]*?), and\s+subscribe ([^]*?)\. /m.exec(page) ?? [];
const documented = { publish: subjectsIn(publish), subscribe: subjectsIn(subscribe) };
const denied = (['publish', 'subscribe'] as const).flatMap((what) =>
  documented[what].map((subject) => [what, subject] as const),
);

function subjectsIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, subject = '']) => subject);
}

function configOf(permissions: Readonly<Record<'publish' | 'subscribe', readonly string[]>>): string {
  const all = JSON.stringify(permissions);
  return jetStreamAnd(`authorization { users: [ { user: ci, password: p, permissions: ${all} } ] }`);
}

const user = { user: 'ci', password: 'p' };

describe.skipIf(binary === undefined)(`permissions${reason}`, () => {
  test('those of the documentation are enough for leases and values of every size, up to the end of the run', async () => {
    expect(denied.length).toBeGreaterThan(1);
    const server = await oneServer(configOf(documented));
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((text) => void lines.push(String(text)));
    onTestFinished(() => void vi.restoreAllMocks());
    const [a, b] = [new TestHost(server.url, user), new TestHost(server.url, user)];
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    held.lease.release();
    expect((await waiting.granted).fence.revision).toBeGreaterThan(held.fence.revision);
    // In the bucket, beside it, and with so many parts that the server asks whether they have come.
    for (const bytes of [1_000, 600_000, 12_000_000]) {
      const value = Buffer.alloc(bytes, 'Carpool');
      await a.connection.store(`of ${bytes}`, value);
      const loaded = await b.connection.load(`of ${bytes}`);
      expect(loaded !== undefined && value.equals(loaded)).toBe(true);
    }
    await a.connection.close();
    await b.connection.close();
    expect([server.violations(), lines]).toEqual([[], []]);
  });

  test('what is asked for at the start leaves no message in any stream, and no subscription', async () => {
    const [port = 0] = await freePorts(1);
    const { url } = await oneServer(jetStreamAnd(`http: "127.0.0.1:${port}"`));
    const first = new TestHost(url);
    await first.take('db');
    // The streams of both are there when the second host asks.
    await first.connection.store('large', Buffer.alloc(600_000));
    await new TestHost(url).take('other');
    const connection = await connect({ servers: url });
    onTestFinished(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    const subjects: string[] = [];
    for await (const name of streams.names()) {
      const { state } = await streams.info(name, { subjects_filter: '>' });
      subjects.push(...Object.keys(state.subjects ?? {}));
    }
    expect(subjects.filter((subject) => subject.startsWith('$O.'))).not.toEqual([]);
    expect(subjects.filter((subject) => subject.includes('permitted'))).toEqual([]);
    const answer = await fetch(`http://127.0.0.1:${port}/connz?subs=1`);
    const { connections } = (await answer.json()) as {
      connections: readonly { name?: string; subscriptions_list?: readonly string[] }[];
    };
    const heard = connections
      .filter(({ name }) => name?.startsWith('carpool, ') === true)
      .map(({ subscriptions_list: all = [] }) => all.filter((subject) => subject.startsWith('carpool.')));
    // Where hosts tell of their writes.
    const own = expect.stringMatching(/^carpool\.carpool_r_\w+\.>$/) as string;
    expect(heard).toEqual([[own], [own]]);
  });

  test.each(denied)('a user who may not %s %s: one sentence, for all that is asked', async (what, subject) => {
    const without = documented[what].filter((other) => other !== subject);
    const server = await oneServer(configOf({ ...documented, [what]: without }));
    const host = new TestHost(server.url, user);
    const asked = [
      host.take('db'),
      host.take({ name: 'accounts', kind: 'reservation', wait: false, values: ['ann'] }),
      host.connection.load('a value'),
      host.connection.store('a value', Buffer.alloc(600_000)),
    ];
    const [start = ''] = subject.split(/[*>]/);
    for (const { code, message } of await Promise.all(asked.map(failure))) {
      expect(code).toBe('REACH_UNAVAILABLE');
      expect(message).toMatch(
        /^Cannot use NATS at [^ ]+: its user may not [^;]*; docs\/reach\.md, "Sizing", lists all$/,
      );
      expect(message).toContain(`${what} to "${start}`);
    }
    await host.connection.ready();
    await host.connection.close();
    expect(server.violations()).not.toEqual([]);
  });

  test('one that is taken away later: what is held is lost, what waits and what comes fails, until it is there again', async () => {
    const server = await oneServer(configOf(documented));
    const [a, b] = [new TestHost(server.url, user), new TestHost(server.url, user)];
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    server.reload(configOf({ ...documented, publish: documented.publish.filter((one) => one !== '$KV.*.>') }));
    const [lost, late] = await Promise.all([held.lost, failure(waiting.granted)]);
    expect(lost.message).toMatch(/could not be renewed for 1000 ms \(its user may not publish to "\$KV\./);
    const now = { name: 'x', wait: false } as const;
    const asked = [
      late,
      await failure(b.take('other')),
      await failure(b.take(now)),
      // In the turn in which it is known that another one has failed.
      await failure(b.take('other').catch(() => b.take('other'))),
      await failure(b.connection.store('x', Buffer.alloc(10))),
    ];
    for (const { code, message } of asked) {
      expect(code).toBe('REACH_UNAVAILABLE');
      expect(message).toMatch(/its user may not publish to "\$KV\.[^"]*", which leases need; [^;]*$/);
    }
    server.reload(configOf(documented));
    const users = { name: 'users', kind: 'reservation', wait: false, values: ['ann'] } as const;
    const granted = async (host: TestHost, wanted: Parameters<TestHost['take']>[0]): Promise<void> =>
      await expect
        .poll(
          async () =>
            await host.take(wanted).then(
              () => 'granted',
              ({ message }: Error) => message,
            ),
          { timeout: 10_000 },
        )
        .toBe('granted');
    // Each host has its own session, also where nothing waits for one.
    await Promise.all([granted(a, now), granted(b, users)]);
    await granted(b, 'db');
  });
});
