/** A time of day that is set while leases are held changes nothing. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { TestHost } from './support/hosts.ts';
import { binary, oneServer, reason } from './support/servers.ts';

const year = 365 * 24 * 60 * 60 * 1_000;

describe.skipIf(binary === undefined)(`the time of day${reason}`, () => {
  test.each([
    ['ahead', year],
    ['back', -year],
  ])('that jumps %s by a year: what is held is held, and goes on to the next host', async (_, by) => {
    const { url } = await oneServer();
    const [a, b] = [new TestHost(url), new TestHost(url)];
    const held = await a.take('db');
    let lost = false;
    void held.lost.then(() => (lost = true));
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe()).toContain('it is held by');
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    vi.setSystemTime(Date.now() + by);
    // Each of these is granted by a renewal, and two ttl pass meanwhile.
    const until = performance.now() + 3_000;
    while (performance.now() < until) (await a.take(`other ${performance.now()}`)).lease.release();
    expect([lost, waiting.lease.describe().includes('it is held by')]).toEqual([false, true]);
    held.lease.release();
    expect((await waiting.granted).fence.revision).toBeGreaterThan(held.fence.revision);
    await Promise.all([a.connection.close(), b.connection.close()]);
    const connection = await connect({ servers: url });
    onTestFinished(() => connection.close());
    const left: string[] = [];
    for await (const name of (await jetstreamManager(connection)).streams.names()) left.push(name);
    expect(left).toEqual([]);
  });
});
