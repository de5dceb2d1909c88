// How what all runs on a machine share is given back, and passed on.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { leasePort, lock } from '../../src/entry/coordination.ts';
import { livingMachineHost, machineFolder } from '../../src/hosts/machine-folder.ts';
import { failure } from '../support/failure.ts';
import type { Served } from '../support/hubs.ts';
import { closing } from '../support/pools.ts';
import { endTest, running, type Running } from '../support/tests.ts';
import { arrived, machine, served, twoRuns } from './scope-support.ts';
import { onMachine } from './support.ts';

/** Mulberry32: from 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('the end of the test, of the file and of the worker gives it back, and its own run is not named', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  const own = await running(await served('one', 11), 'beside', a);
  const take = (): ReturnType<ReturnType<typeof lock>['acquire']> => lock('db', machine).acquire();
  await a.as(take);
  await arrived(a);
  const taken = await failure(
    own.as(() => lock('db', machine).acquireNow()),
    'LEASE_TAKEN',
  );
  expect(taken.message).toMatch(/by "adds a row" \([^()]*\)$/);
  await endTest(a);
  const again = await b.as(take);
  again.release();
  await a.asFile(take);
  await a.file.end();
  (await b.as(take)).release();
  await b.as(() => lock('db', machine).acquire({ scope: 'worker' }));
  b.client.close();
  const last = await (await running(await served('three', 33), 'last')).as(take);
  expect(last.held).toBe(true);
});

test('a host that is killed has lost all: holders, waiters and those who do not look hear of it, and the next call works', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  const held = await a.as(() => lock('db', machine).acquire());
  const looked = await a.as(() => lock('looked at', machine).acquire());
  const { lost } = looked;
  const waiting = failure(
    b.as(() => lock('db', machine).acquire()),
    'LEASE_LOST',
  );
  await arrived(b);
  const { pid } = livingMachineHost(machineFolder())!;
  process.kill(pid, 'SIGKILL');
  expect((await waiting).message).toBe(
    'Cannot acquire lock "db": the host of this machine is gone, and with it all that runs held there; the next call starts another',
  );
  await vi.waitUntil(() => !held.held && !looked.held, { timeout: 20_000 });
  expect(lost.reason).toMatchObject({ code: 'LEASE_LOST', blame: 'setup' });
  const again = await b.as(() => lock('db', machine).acquire());
  expect(again.held).toBe(true);
  expect(livingMachineHost(machineFolder())?.pid).not.toBe(pid);
  await a.test.end();
  expect(a.test.failures).toMatchObject([
    {
      code: 'LEASE_LOST',
      message:
        'Lost lock "db": the host of this machine is gone, and with it all that runs held there; the next call starts another',
    },
  ]);
  await b.test.end();
  expect(b.test.failures).toEqual([]);
});

test('a run whose host is gone gives back what it held on the machine, and its tests hear of it', async () => {
  onMachine();
  const [one, two] = [await served('one', 11), await served('two', 22)];
  const [a, b] = [await running(one, 'adds a row'), await running(two, 'drops the table')];
  const other = await running(one, 'waits', a);
  const [held, { lost }, port] = [
    await a.as(() => lock('db', machine).acquire()),
    await a.as(() => lock('looked at', machine).acquire()),
    await a.as(() => leasePort(machine)),
  ];
  await b.as(() => lock('printer', machine).acquire());
  const waiting = failure(
    other.as(() => lock('printer', machine).acquire()),
    'LEASE_LOST',
  );
  await arrived(a);
  await one.hub.close();
  const gone = 'the host of the run is gone, and what the run held on this machine is given back';
  expect((await waiting).message).toBe(`Cannot acquire lock "printer": ${gone}`);
  expect(held.held).toBe(false);
  expect(lost.reason).toMatchObject({ code: 'LEASE_LOST', message: `Lost lock "looked at": ${gone}` });
  expect(port.lost.reason).toMatchObject({ code: 'LEASE_LOST' });
  await failure(
    other.as(() => lock('another', machine).acquire()),
    'HUB_LOST',
  );
  await a.test.end();
  expect(a.test.failures).toMatchObject([{ code: 'LEASE_LOST', message: `Lost lock "db": ${gone}` }]);
  expect((await b.as(() => lock('db', machine).acquire())).held).toBe(true);
});

/** A process of a run that asks for the lock "db". */
function taker({ address }: Served): { readonly kill: () => void; readonly says: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'takes-lock.mjs')], {
    env: { ...process.env, CARPOOL_ADDRESS: address },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closing({ close: () => child.kill('SIGKILL') });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  return {
    kill: () => child.kill('SIGKILL'),
    says: (text) => vi.waitUntil(() => said.includes(text), { timeout: 20_000 }).then(() => {}),
  };
}

test('a run that is killed gives back what it holds, and what it waits for', { timeout: 120_000 }, async () => {
  onMachine();
  const [one, two] = [await served('one', 11), await served('two', 22)];
  const a = await running(one, 'a');
  const [holder, waiter] = [taker(two), taker(two)];
  await Promise.race([holder.says('holds'), waiter.says('holds')]);
  const busy = await failure(
    a.as(() => lock('db', machine).acquire({ timeout: 1 })),
    'LEASE_TIMEOUT',
  );
  expect(busy.message).toMatch(/^Cannot acquire lock "db": timed out after 1 ms; held for .*, in the run \/code\/two,/);
  await Promise.all([holder.says('asks'), waiter.says('asks')]);
  const mine = a.as(() => lock('db', machine).acquire());
  waiter.kill();
  holder.kill();
  expect((await mine).held).toBe(true);
});

test('200 acquisitions of each of two runs: no two hold at once, and neither run waits for the whole queue of the other', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  const seeded = random(20_261_128);
  let holding = 0;
  const order: string[] = [];
  const oneOf = async (run: Running, name: string): Promise<void> => {
    const lease = await run.asFlow(() => lock('db', machine).acquire());
    expect(++holding).toBe(1);
    order.push(name);
    for (let turns = Math.floor(seeded() * 3); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
    holding--;
    lease.release();
  };
  const first = await a.asFlow(() => lock('db', machine).acquire());
  const ofA = Array.from({ length: 200 }, () => oneOf(a, 'a'));
  await arrived(a);
  const ofB = Array.from({ length: 200 }, () => oneOf(b, 'b'));
  await arrived(b);
  first.release();
  await Promise.all([...ofA, ...ofB]);
  expect(order.map((name, at) => name === order[at % 2]).every(Boolean)).toBe(true);
  expect(new Set(order.slice(0, 2)).size).toBe(2);
});
