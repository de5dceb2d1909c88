// Owners that have ended can be collected while the connection stays: in Jest each holds the realm of a test file.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { FileOwner } from '../../src/client/file-owner.ts';
import { Owner } from '../../src/client/owner.ts';
import { callSite } from '../../src/base/errors.ts';
import { HostClient } from '../../src/client/client.ts';
import { serve } from '../support/hubs.ts';
import { closing, until } from '../support/pools.ts';
import { host, workerFile } from '../shared-worker/support.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const aLock = { name: 'x', kind: 'lock', size: 1, weight: 1 } as const;
const listener = { message() {}, lost() {}, left() {}, async teardown() {} };
const many = 20;

async function tookALock(client: HostClient, number: number): Promise<WeakRef<Owner>> {
  const owner = new Owner({ path: [`file ${number}`], holder: {}, connect: async () => client });
  await owner.leases.acquire(aLock, {});
  await owner.end();
  return new WeakRef(owner);
}

async function joinedASharedWorker(client: HostClient, number: number): Promise<WeakRef<Owner>> {
  const path = [`file ${number}`];
  const owner = new FileOwner({ path, holder: { file: `/file ${number}` }, connect: async () => client });
  const request = { filename: workerFile('echo.mjs').href };
  owner.sharedWorker(request, { listener: { ...listener }, site: callSite(joinedASharedWorker), required: true });
  await owner.ready();
  await owner.end();
  return new WeakRef(owner);
}

async function expectLetGo(client: HostClient, use: typeof tookALock): Promise<void> {
  const owners: WeakRef<Owner>[] = [];
  for (let number = 0; number < many; number++) owners.push(await use(client, number));
  // The last owners may still be referenced by pending work.
  await until('they are gone', () => {
    collect();
    return owners.filter((owner) => owner.deref() !== undefined).length <= 2;
  });
  expect(client.over).toBe(false);
}

test('that took a lock', async () => {
  const served = await serve({});
  await expectLetGo(await served.connect(), tookALock);
});

test('that joined a shared worker', async () => {
  const { address } = await host();
  await expectLetGo(closing(await HostClient.connect({ address, runner: 'a test' })), joinedASharedWorker);
});
