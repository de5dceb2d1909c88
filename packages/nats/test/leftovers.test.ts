/** What is left on a server of runs whose hosts were all killed. */
import { setTimeout as pause } from 'node:timers/promises';
import { Kvm, type KV } from '@nats-io/kv';
import { Objm } from '@nats-io/obj';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../src/clock.ts';
import { describeBucket, sweepLeftovers } from '../src/leftovers.ts';
import { TestHost } from './support/hosts.ts';
import { Recorder } from './support/recorder.ts';
import { binary, oneServer, reason } from './support/servers.ts';

describe.skipIf(binary === undefined)(`leftovers${reason}`, () => {
  test('buckets without a write for long are deleted with their values; others, and what is not of Carpool, stay', async () => {
    const { url } = await oneServer();
    const connection = await connect({ servers: url });
    onTestFinished(() => connection.close());
    const ttl = 500;
    const kvm = new Kvm(connection);
    const make = async (name: string, description = describeBucket(name, ttl)): Promise<KV> =>
      await kvm.create(name, { description });
    const [old, living, own] = [await make('carpool_old'), await make('carpool_living'), await make('carpool_own')];
    await kvm.create('other');
    await make('carpool_foreign', 'of somebody else');
    await make('carpool_longer', describeBucket('longer', 60_000));
    const objects = new Objm(connection);
    const values = await objects.create('carpool_old_values', { description: describeBucket('old', ttl) });
    await objects.create('carpool_own_values', { description: describeBucket('own', ttl) });
    await old.put('a', 'b');
    await values.putBlob({ name: 'x' }, new Uint8Array(10));
    // One that was away for as long, and is there again: it writes while it is watched.
    let watched = 0;
    const clock: Clock = {
      now: () => expect.unreachable(),
      after: (milliseconds, run) => {
        watched = milliseconds;
        void living.put('a', 'c').then(run);
        return () => {};
      },
    };
    let stopped = false;
    const sweep = async (): Promise<string[]> =>
      await sweepLeftovers({ connection, name: 'carpool_own', clock, stopped: () => stopped });
    await own.put('a', 'b');
    expect([await sweep(), watched]).toEqual([[], 0]);
    // By the clock of the server, which cannot be set.
    await pause(3_000);
    expect(await sweep()).toEqual([]);
    await own.put('a', 'c');
    stopped = true;
    expect([await sweep(), watched]).toEqual([[], ttl]);
    stopped = false;
    await pause(3_000);
    await own.put('a', 'd');
    expect((await sweep()).toSorted()).toEqual(['KV_carpool_old', 'OBJ_carpool_old_values']);
    const left: string[] = [];
    for await (const { bucket } of kvm.list()) left.push(bucket);
    expect(left.toSorted()).toEqual(['carpool_foreign', 'carpool_living', 'carpool_longer', 'carpool_own', 'other']);
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
