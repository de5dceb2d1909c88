// What the tests of all runs on a machine share: scope 'machine'.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { getPort, lock, once, reservations, rwlock, semaphore } from '../../src/entry/coordination.ts';
import { HostClient } from '../../src/client/client.ts';
import { livingMachineHost, machineFolder } from '../../src/hosts/machine-folder.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import { endedProcess } from '../support/ended-process.ts';
import { failure } from '../support/failure.ts';
import { closing, place } from '../support/pools.ts';
import { running } from '../support/tests.ts';
import { arrived, machine, served, twoRuns } from './scope-support.ts';
import { configured, onMachine, run, worker } from './support.ts';

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
    /^Cannot acquire lock "db" at once: held for \d+ ms by "adds a row" \(\S+\), in the run \/code\/one, branch branch-of-one, pid 11$/,
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

test('a value is computed once for two runs, also one that is kept, and anew when those that had it have ended', async () => {
  onMachine();
  vi.stubEnv('XDG_CACHE_HOME', join(place().path, 'cache'));
  const { pid: ended } = await endedProcess();
  const [one, two, three] = [
    await served('one', ended),
    await served('two', ended),
    await served('three', process.pid),
  ];
  const [a, b, c] = [await running(one, 'a'), await running(two, 'b'), await running(three, 'c')];
  let computed = 0;
  const token = (): Promise<number> => once('token', () => ++computed, machine);
  // First the one that goes on: which of several connections is the first is not known.
  expect(await c.as(token)).toBe(1);
  expect(await Promise.all([a.as(token), b.as(token)])).toEqual([1, 1]);
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

test('a value whose folder cannot be written to is kept by the host, also when the runs that had it have ended', async () => {
  onMachine();
  const caches = join(place().path, 'no-folder');
  writeFileSync(caches, 'a file is in the way');
  vi.stubEnv('XDG_CACHE_HOME', caches);
  const warnings: string[] = [];
  vi.spyOn(process, 'emitWarning').mockImplementation((text) => void warnings.push(String(text)));
  const { pid: ended } = await endedProcess();
  const [one, two] = [await served('one', ended), await served('two', ended)];
  const [a, b] = [await running(one, 'a'), await running(two, 'b')];
  let computed = 0;
  const value = (size: number): string => `${++computed}`.padEnd(size, '.');
  for (const size of [1, 300 * 1024]) {
    computed = 0;
    const index = async (maxAge: number, ...inputs: string[]): Promise<string> =>
      await once(`index of ${size}`, () => value(size), { ...machine, keep: { maxAge, inputs } });
    const first = value(size).replace(/^./, '1');
    computed = 0;
    expect(await a.as(() => index(60_000))).toBe(first);
    expect(await b.as(() => index(Infinity))).toBe(first);
    expect(await b.as(() => index(60_000, 'another'))).toMatch(/^2/);
    expect(await b.as(() => index(0))).toMatch(/^3/);
    expect(await a.as(() => index(60_000))).toMatch(/^3/);
    expect(computed).toBe(3);
  }
  expect(warnings).toEqual([
    expect.stringMatching(
      `^the value "index of 1" of \`once\` cannot be kept in ${caches}/carpool/once, so the host of this machine has it until it ends: ENOTDIR`,
    ),
  ]);
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

test('a name is something else for a run once no run holds it, and the error names the other run', async () => {
  onMachine();
  const [a, b] = await twoRuns();
  const held = await a.as(() => semaphore('cpu', 4, machine).acquire());
  const other = await failure(
    b.as(() => semaphore('cpu', 8, machine).acquire()),
    'LEASE_INVALID',
  );
  expect(other.message).toMatch(
    /here it is a semaphore of 8, and on this machine it is a semaphore of 4 already, first used by "adds a row" \(.*\), in the run \/code\/one,/,
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
  const one = 'in the run /code/one, branch branch-of-one, pid 11,';
  expect(error.message.replaceAll(/ \(\S+\)/g, '')).toContain(
    `\n  "drops the table" waits for lock "x", which "adds a row", ${one} holds\n  "adds a row", ${one} waits for lock "y", which "drops the table" holds`,
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

test('the host of a run, and the host of the machine for a run on it, say which run that is', async () => {
  onMachine();
  configured({ pools: {} });
  const alone = await startHost({ root: place().path });
  closing({ close: () => alone.stop() });
  const client = closing(await HostClient.connect({ address: alone.address, runner: 'a test' }));
  const ask = { method: 'runInfo' } as const;
  const first = await client.ask(ask, 5_000);
  expect(first).toEqual({ run: { id: expect.any(String), folder: place().path, pid: process.pid, runner: '' } });
  expect(await client.ask(ask, 5_000)).toEqual(first);
  const hosted = await worker(await run());
  const { address } = livingMachineHost(machineFolder())!;
  expect(await hosted.ask(ask, 5_000)).toMatchObject({ run: { pid: process.pid }, machine: address });
});
