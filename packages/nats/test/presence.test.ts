/** Hosts of a run hear of each other on a real server. */
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import type { HostLoad, PoolLoad } from '../src/placement.ts';
import { Presence } from '../src/presence.ts';
import { binary, oneServer, reason } from './support/servers.ts';

const wanted = { name: 'db', identity: 'x' };

interface Host {
  readonly presence: Presence;
  readonly connection: NatsConnection;
  db: PoolLoad;
}

async function host(url: string, name: string, free: number): Promise<Host> {
  const connection = await connect({ servers: url });
  onTestFinished(() => connection.close());
  const own = (): HostLoad => ({ host: name, address: `carpool+tls://${name}`, pools: { db: made.db }, load: 0 });
  const made: { db: PoolLoad; connection: NatsConnection; presence: Presence } = {
    db: { identity: 'x', slots: 4, free, queued: 0 },
    connection,
    presence: undefined as never,
  };
  made.presence = new Presence({ connection, name: 'run', clock: systemClock, every: 200, own });
  onTestFinished(() => made.presence.end());
  return made;
}

const names = ({ presence }: Host): string[] =>
  presence
    .hosts()
    .map((one) => one.host)
    .toSorted();

describe.skipIf(binary === undefined)(`presence${reason}`, () => {
  test('one that comes hears of all at once, and changes are told', async () => {
    const { url } = await oneServer();
    const [a, b] = [await host(url, 'a', 4), await host(url, 'b', 2)];
    await expect.poll(() => names(a)).toEqual(['a', 'b']);
    const c = await host(url, 'c', 1);
    await expect.poll(() => names(c)).toEqual(['a', 'b', 'c']);
    expect(c.presence.place(wanted)?.address).toBe('carpool+tls://a');
    a.db = { ...a.db, free: 0, queued: 3 };
    a.presence.changed();
    await expect.poll(() => c.presence.hosts().find((one) => one.host === 'a')?.pools['db']?.queued).toBe(3);
    expect(c.presence.place(wanted)?.host).toBe('b');
    expect(b.presence.place(wanted, new Set(['b', 'c']))?.host).toBe('a');
  });

  test('one that ends is gone at once, one that is lost after three announcements', async () => {
    const { url } = await oneServer();
    const [a, b, c] = [await host(url, 'a', 4), await host(url, 'b', 2), await host(url, 'c', 1)];
    await expect.poll(() => names(a)).toEqual(['a', 'b', 'c']);
    b.presence.end();
    await expect.poll(() => names(a)).toEqual(['a', 'c']);
    await c.connection.close();
    await expect.poll(() => names(a)).toEqual(['a']);
    expect(a.presence.place(wanted)?.host).toBe('a');
  });
});
