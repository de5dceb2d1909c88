// What the tests of all runs on a machine share: scope 'machine'.
import { spawn } from 'node:child_process';
import { once as happened } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { getPort, lock, once, reservations, rwlock, semaphore } from '../../src/entry/coordination.ts';
import { livingMachineHost, machineFolder } from '../../src/hosts/machine-folder.ts';
import { failure } from '../support/failure.ts';
import { serve, type Served } from '../support/hubs.ts';
import { closing, place } from '../support/pools.ts';
import { endTest, running, type Running } from '../support/tests.ts';
import { onMachine, run, worker } from './support.ts';

const machine = { scope: 'machine' } as const;

/** The host of a run, in this process. */
async function served(name: string, pid: number): Promise<Served> {
  const run = { id: name, folder: `/work/${name}`, branch: `branch-of-${name}`, pid };
  return await serve({}, { runInfo: async () => ({ run }) });
}

/** A test of each of two runs. */
async function twoRuns(): Promise<[a: Running, b: Running]> {
  const [one, two] = [await served('one', 11), await served('two', 22)];
  return [await running(one, 'adds a row'), await running(two, 'drops the table')];
}

/** The id of a process that has been. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await happened(child, 'exit');
  return child.pid!;
}

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

/** What was sent to the machine's host before has arrived. */
async function arrived({ client }: Running): Promise<void> {
  await (await client.machine.connected()).names();
}

test('two runs share what is of the machine, and nothing else, and the host is started by the first that needs it', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  await a.as(() => lock('db').acquire());
  await b.as(() => lock('db').acquireNow());
  expect(livingMachineHost(machineFolder())).toBeUndefined();
  const held = await a.as(() => lock('db', machine).acquire());
  const taken = await failure(
    b.as(() => lock('db', machine).acquireNow()),
    'LEASE_TAKEN',
  );
  expect(taken.message).toMatch(
    /^Cannot acquire lock "db" at once: held for \d+ ms by "adds a row" \(\S+\), in the run \/work\/one, branch branch-of-one, pid 11$/,
  );
  const waiting = b.as(() => lock('db', machine).acquire());
  held.release();
  expect((await waiting).held).toBe(true);
  expect(taken.stack).toContain('scope.test.ts');
});

test('readers, permits and values of two runs', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  await a.as(() => rwlock('rw', machine).acquireRead());
  await b.as(() => rwlock('rw', machine).acquireReadNow());
  await failure(
    b.as(() => rwlock('rw', machine).acquireWriteNow()),
    'LEASE_TAKEN',
  );
  await a.as(() => semaphore('cpu', 3, machine).acquire(2));
  await failure(
    b.as(() => semaphore('cpu', 3, machine).acquireNow(2)),
    'LEASE_TAKEN',
  );
  const users = reservations('users', machine);
  expect((await a.as(() => users.reserve(['ann']))).values).toEqual(['ann']);
  expect((await b.as(() => users.reserve(['ann', 'ben']))).values).toEqual(['ben']);
});

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
  await vi.waitUntil(async () => (await (await b.client.machine.connected()).names()) !== undefined);
  const { pid } = livingMachineHost(machineFolder())!;
  process.kill(pid, 'SIGKILL');
  expect((await waiting).message).toBe(
    'Cannot acquire lock "db": the host of this machine is gone, and with it all that runs held there; the next call starts another',
  );
  await vi.waitUntil(() => !held.held && !looked.held);
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

test('a value is computed once for two runs, also one that is kept, and anew when those that had it have ended', async () => {
  onMachine();
  vi.stubEnv('XDG_CACHE_HOME', join(place().path, 'cache'));
  const ended = await endedProcess();
  const [one, two, three] = [
    await served('one', ended),
    await served('two', ended),
    await served('three', process.pid),
  ];
  const [a, b, c] = [await running(one, 'a'), await running(two, 'b'), await running(three, 'c')];
  let computed = 0;
  const token = (): Promise<number> => once('token', () => ++computed, machine);
  expect(await Promise.all([c.as(token), a.as(token), b.as(token)])).toEqual([1, 1, 1]);
  const short = (): Promise<number> => once('short', () => ++computed, machine);
  expect([await a.as(short), await b.as(short)]).toEqual([2, 3]);
  let kept = 0;
  const index = (maxAge: number, ...inputs: string[]): (() => Promise<number>) => {
    return () => once('index', () => ++kept, { ...machine, keep: { maxAge, inputs } });
  };
  expect(await Promise.all([a, b, c].map((run) => run.as(index(60_000))))).toEqual([1, 1, 1]);
  expect(await b.as(index(60_000, 'another'))).toBe(2);
  expect(await c.as(index(0))).toBe(3);
  expect(statSync(join(place().path, 'cache', 'carpool', 'once')).mode & 0o777).toBe(0o700);
  const cleanup = new URL('file:///nowhere.mjs');
  await failure(
    a.as(() => once('cleaned', () => 1, { ...machine, cleanup })),
    'LEASE_INVALID',
  );
});

test('ports: no other run gets one of the scope machine; on the host of the machine, none at all of another run', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  const port = await a.as(() => getPort(machine));
  expect(await b.as(() => getPort({ ...machine, port }))).not.toBe(port);
  const [c, d] = await Promise.all((await Promise.all([run(), run()])).map(worker));
  const given = await c!.ports.take({ request: {} });
  const wanted = await d!.ports.take({ request: {}, preferred: [given.port, port] });
  expect([given.port, port]).not.toContain(wanted.port);
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

test('a run that is killed gives back what it holds, and what it waits for', { timeout: 60_000 }, async () => {
  onMachine();
  const [one, two] = [await served('one', 11), await served('two', 22)];
  const a = await running(one, 'a');
  const [holder, waiter] = [taker(two), taker(two)];
  await Promise.race([holder.says('holds'), waiter.says('holds')]);
  const busy = await failure(
    a.as(() => lock('db', machine).acquire({ timeout: 1 })),
    'LEASE_TIMEOUT',
  );
  expect(busy.message).toMatch(/^Cannot acquire lock "db": timed out after 1 ms; held for .*, in the run \/work\/two,/);
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

test('a name is something else for a run once no run holds it, and the error names the other run', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  const held = await a.as(() => semaphore('cpu', 4, machine).acquire());
  const other = await failure(
    b.as(() => semaphore('cpu', 8, machine).acquire()),
    'LEASE_INVALID',
  );
  expect(other.message).toMatch(
    /here it is a semaphore of 8, and on this machine it is a semaphore of 4 already, first used by "adds a row" \(.*\), in the run \/work\/one,/,
  );
  held.release();
  await arrived(a);
  expect((await b.as(() => semaphore('cpu', 8, machine).acquire())).held).toBe(true);
});

test('a deadlock of two runs is reported with the runs in it; one across both scopes ends by its time-out', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  await a.as(() => lock('x', machine).acquire());
  await b.as(() => lock('y', machine).acquire());
  const waiting = a.as(() => lock('y', machine).acquire());
  await arrived(a);
  const error = await failure(
    b.as(() => lock('x', machine).acquire()),
    'LEASE_DEADLOCK',
  );
  const one = 'in the run /work/one, branch branch-of-one, pid 11,';
  expect(error.message.replaceAll(/ \(\S+\)/g, '')).toContain(
    `"drops the table" waits for lock "x", which "adds a row", ${one} holds; "adds a row", ${one} waits for lock "y", which "drops the table" holds.`,
  );
  await b.test.end();
  expect((await waiting).held).toBe(true);
  const c = await running(await served('three', 33), 'c');
  const d = await running(await served('four', 44), 'd', c);
  await c.as(() => lock('local').acquire());
  await d.as(() => lock('wide', machine).acquire());
  const local = failure(
    d.as(() => lock('local').acquire({ timeout: 300 })),
    'LEASE_TIMEOUT',
  );
  const wide = failure(
    c.as(() => lock('wide', machine).acquire({ timeout: 200 })),
    'LEASE_TIMEOUT',
  );
  expect([(await wide).message, (await local).message]).toEqual([
    expect.stringMatching(/^Cannot acquire lock "wide": timed out after 200 ms; held for \d+ ms by "d"/),
    expect.stringMatching(/^Cannot acquire lock "local": timed out after 300 ms; held for \d+ ms by "c"/),
  ]);
});
