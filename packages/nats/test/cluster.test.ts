/** A cluster of three real servers: what is held when a node is lost. */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { TestHost } from './support/hosts.ts';
import { binary, cluster, reason } from './support/servers.ts';

describe.skipIf(binary === undefined)(`cluster${reason}`, () => {
  test('what is held stays held when the leader is killed, with a ttl that is longer than an election', async () => {
    const nodes = await cluster();
    const servers = nodes.map(({ url }) => url);
    const options = { ttl: 24_000, connectTimeout: 30_000 };
    const a = new TestHost(servers, options);
    await a.connection.ready();
    const b = new TestHost(servers, options);
    const held = await a.take('db');
    const waiting = b.ask({ name: 'db' });
    await expect.poll(() => waiting.lease.describe(), { timeout: 20_000 }).toContain('it is held by');
    const connection = await connect({ servers });
    const manager = await jetstreamManager(connection);
    const [stream] = await manager.streams.list().next();
    expect(stream?.config).toMatchObject({ num_replicas: 3, storage: 'memory' });
    await connection.close();
    let lost = false;
    void held.lost.then(() => (lost = true));
    await nodes.find((_, number) => `n${number}` === stream?.cluster?.leader)?.kill();
    // A lease that is asked for now needs the next leader.
    const other = await b.take('other');
    expect(lost).toBe(false);
    held.lease.release();
    expect((await waiting.granted).fence.bucket).toBe(held.fence.bucket);
    expect(other.fence.bucket).toBe(held.fence.bucket);
  }, 120_000);
});
