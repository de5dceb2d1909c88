/** What is left on a server of runs whose hosts were all killed. */
import { setTimeout as pause } from 'node:timers/promises';
import { Kvm } from '@nats-io/kv';
import { Objm } from '@nats-io/obj';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sweepLeftovers } from '../src/leftovers.ts';
import { TestHost } from './support/hosts.ts';
import { Recorder } from './support/recorder.ts';
import { binary, oneServer, reason } from './support/servers.ts';

describe.skipIf(binary === undefined)(`leftovers${reason}`, () => {
  test('buckets without a write for long are deleted with their values; others, and what is not of Carpool, stay', async () => {
    const { url } = await oneServer();
    const connection = await connect({ servers: url });
    const kvm = new Kvm(connection);
    const [old, , own] = [await kvm.create('carpool_old'), await kvm.create('other'), await kvm.create('carpool_own')];
    const values = await new Objm(connection).create('carpool_old_values');
    await old.put('a', 'b');
    await values.putBlob({ name: 'x' }, new Uint8Array(10));
    await new Objm(connection).create('carpool_own_values');
    const sweep = async (): Promise<string[]> =>
      await sweepLeftovers({ connection, name: 'carpool_own', silence: 300 });
    await own.put('a', 'b');
    expect(await sweep()).toEqual([]);
    // Of the server, whose clock cannot be set.
    await pause(400);
    expect(await sweep()).toEqual([]);
    await own.put('a', 'c');
    expect((await sweep()).toSorted()).toEqual(['KV_carpool_old', 'OBJ_carpool_old_values']);
    const left: string[] = [];
    for await (const { bucket } of kvm.list()) left.push(bucket);
    expect(left.toSorted()).toEqual(['carpool_own', 'other']);
    await connection.close();
  });

  test('a host that was killed with what nobody else wants keeps nothing there: the last one that ends sees it', async () => {
    const { url } = await oneServer();
    const ttl = 1_500;
    const recorder = new Recorder({ servers: url, run: 'r', ttl, names: ['its own'] });
    onTestFinished(() => recorder.killAll());
    const killed = recorder.start();
    await expect.poll(() => recorder.grants, { timeout: 20_000 }).toBeGreaterThan(0);
    const [a, b] = [new TestHost(url, { ttl }), new TestHost(url, { ttl })];
    await a.take('db');
    await b.take('printer');
    await recorder.kill(killed);
    const connection = await connect({ servers: url });
    const buckets = async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const { bucket } of new Kvm(connection).list()) names.push(bucket);
      return names;
    };
    // Others that go on keep it, however long nothing came of the one that was killed.
    await pause(2 * ttl);
    await a.connection.close();
    expect((await buckets()).length).toBe(1);
    const still = await b.take('db');
    await b.connection.close();
    expect(await buckets()).toEqual([]);
    expect(still.fence.revision).toBeGreaterThan(0);
    await connection.close();
  });
});
