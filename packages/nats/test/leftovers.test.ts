/** What is left on a server of runs whose hosts were all killed. */
import { setTimeout as pause } from 'node:timers/promises';
import { Kvm } from '@nats-io/kv';
import { Objm } from '@nats-io/obj';
import { connect } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { sweepLeftovers } from '../src/leftovers.ts';
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
});
