// What tests are told whose run, or whose host, somebody has ended; and whose host was killed.
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { processes } from '../../src/cli/ps/ask.ts';
import { stop } from '../../src/cli/stop.ts';
import { connectProvided } from '../../src/client/provided.ts';
import { machineFolder, livingMachineHost } from '../../src/hosts/machine-folder.ts';
import { sweep } from '../../src/hosts/sweep.ts';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { addressVariable } from '../../src/wire/address.ts';
import { failure } from '../support/failure.ts';
import { closing, place } from '../support/pools.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';

const adapter = { runner: 'a test', adapter: '@carpool/test', version: '1.2.3', remedy: 'add it' };
const acquire = { name: 'db', kind: 'lock', size: 1, weight: 1 } as const;

afterEach(() => void vi.restoreAllMocks());

/** What is printed to stderr from now on. */
function stderr(): () => string {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => written.mock.calls.join('');
}

async function stopping(target?: string): Promise<void> {
  vi.spyOn(console, 'log').mockReturnValue();
  expect(await stop(target, { bases: [place().path] })).toBe(0);
}

/** Of the only one that is there. */
async function pidOfHost(): Promise<number> {
  const [host] = (await processes({ most: 5, bases: [place().path] })).hosts;
  // 0 would be this process, with its group.
  if (host?.pid === undefined) throw new Error('there is no host');
  return host.pid;
}

async function idOfRun(): Promise<string | undefined> {
  const [machine] = (await processes({ most: 5, bases: [place().path] })).hosts;
  return machine?.state === 'answers' ? machine.runs[0]?.id : undefined;
}

test('the tests of a run that `carpool stop` has ended say so: what is open, what is held, and what comes later', async () => {
  onMachine();
  configured();
  const printed = stderr();
  const ended = await run();
  const id = await idOfRun();
  const other = await worker(await run());
  const client = await worker(ended);
  const session = await client.register('echoes');
  const shared = await client.machine.connected();
  const { held } = await shared.leases.acquire(acquire);
  const losses: string[] = [];
  held.whenLost(({ message }) => void losses.push(message));
  const waiting = failure(session.event(), 'HUB_LOST');
  await stopping(id);
  const message =
    'This run was ended on the host of the machine, by `carpool stop`: no test of this run can use it from here on. Run the tests again';
  expect((await waiting).message).toContain('because `carpool stop` has ended its run,');
  expect((await waiting).cause).toMatchObject({ code: 'HUB_LOST', blame: 'setup', message });
  expect(await client.closed).toMatchObject({ code: 'HUB_LOST', message });
  expect((await failure(client.register('echoes'), 'HUB_LOST')).message).toContain(message);
  await vi.waitUntil(() => losses.length > 0, { timeout: 20_000 });
  expect(losses).toEqual(['Lost lock "db": `carpool stop` has ended its run, and what that held is given back']);
  // A worker that begins now, and one that does not know that there was a host.
  expect((await failure(connectProvided(ended.provided, adapter), 'HUB_LOST')).message).toBe(message);
  expect((await failure(worker(ended), 'HUB_LOST')).message).toBe(message);
  await vi.waitUntil(() => printed().includes(message), { timeout: 20_000 });
  expect(printed().split(message)).toHaveLength(2);
  expect(printed()).not.toContain('has crashed');
  expect(other.over).toBe(false);
});

test('so do those of every run on a host of the machine that `carpool stop` has ended', async () => {
  onMachine();
  configured();
  const printed = stderr();
  const ended = await run();
  const client = await worker(ended);
  await client.register('echoes');
  await stopping();
  const message =
    'The host of this machine was ended, by `carpool stop`: no test of this run can use it from here on. Run the tests again';
  expect(await client.closed).toMatchObject({ code: 'HUB_LOST', message });
  expect((await failure(connectProvided(ended.provided, adapter), 'HUB_LOST')).message).toBe(message);
  await vi.waitUntil(() => printed().includes(message), { timeout: 20_000 });
  // Of another host, which a signal ends, nothing is said of that.
  const next = await run();
  const other = await worker(next);
  const session = await other.register('echoes');
  process.kill(livingMachineHost(machineFolder())!.pid, 'SIGTERM');
  const signalled = message.replace('carpool stop', 'SIGTERM');
  expect(await other.closed).toMatchObject({ code: 'HUB_LOST', message: signalled, context: { endedBy: 'SIGTERM' } });
  expect((await session.closed).error?.message).toBe(signalled);
  await vi.waitUntil(() => livingMachineHost(machineFolder()) === undefined, { timeout: 20_000 });
  expect((await failure(connectProvided(next.provided, adapter), 'HUB_LOST')).message).toBe(signalled);
});

test('what a signal ends says so, too: the host of a run, to what is open and what begins later', async () => {
  onMachine();
  configured();
  const printed = stderr();
  const ended = await run({ host: 'run' });
  const client = closing(await connectProvided(ended.provided, adapter));
  const session = await client.register('echoes');
  process.kill(await pidOfHost(), 'SIGTERM');
  const message =
    'The host of this run was ended, by `SIGTERM`: no test of this run can use it from here on. Run the tests again';
  expect(await client.closed).toMatchObject({ code: 'HUB_LOST', message, context: { endedBy: 'SIGTERM' } });
  expect((await session.closed).error?.message).toBe(message);
  expect((await failure(connectProvided(ended.provided, adapter), 'HUB_LOST')).message).toBe(message);
  await vi.waitUntil(() => printed().includes(message), { timeout: 20_000 });
  expect(printed()).not.toContain('has crashed');
});

test.for([
  ['answers, and ends by itself', 'host: its own'],
  ['is stopped, and so is killed', 'host: its own'],
  ['is stopped, and so is killed', 'host: the machine'],
] as const)('and those of a run whose host %s (%s): what is open, and what begins later', async ([how, whose]) => {
  onMachine();
  configured();
  const printed = stderr();
  const own = whose === 'host: its own';
  const ended = await run({ host: own ? 'run' : 'machine' });
  const client = closing(await connectProvided(ended.provided, adapter));
  const pid = await pidOfHost();
  vi.spyOn(console, 'error').mockReturnValue();
  if (how.startsWith('is stopped')) process.kill(pid, 'SIGSTOP');
  await stopping(own ? String(pid) : undefined);
  const what = own ? 'The host of this run' : 'The host of this machine';
  const message = `${what} was ended, by \`carpool stop\`: no test of this run can use it from here on. Run the tests again`;
  expect(await client.closed).toMatchObject({ code: 'HUB_LOST', message, context: { endedBy: 'carpool stop' } });
  // A worker that begins now.
  expect((await failure(connectProvided(ended.provided, adapter), 'HUB_LOST')).message).toBe(message);
  await vi.waitUntil(() => printed().includes(message), { timeout: 20_000 });
  expect(printed()).not.toContain('while the run went on');
  const left = (): number =>
    readdirSync(own ? place().path : machineFolder()).filter((name) => name.endsWith('.ended')).length;
  expect(left()).toBe(1);
  await ended.stop();
  // Other runs of the host of the machine may read theirs later.
  expect(left()).toBe(own ? 0 : 1);
});

/** A run by the address of a host in the environment. */
async function runAt(address: string | undefined): Promise<RunHost> {
  vi.stubEnv(addressVariable, address);
  try {
    return await run({ host: undefined });
  } finally {
    vi.stubEnv(addressVariable, undefined);
  }
}

const machineAddress = (): string | undefined => livingMachineHost(machineFolder())?.address;

test.for([
  ['inside `carpool run`', 'SIGCONT'],
  ['inside `carpool run`', 'SIGSTOP'],
  ['with the address of the host', 'SIGCONT'],
  ['with the address of the host', 'SIGSTOP'],
] as const)(
  'and those of a runner %s on the host of the machine, which ends or has to be killed (after %s)',
  async ([how, signal]) => {
    onMachine();
    configured();
    stderr();
    const outer = await run();
    const inner = await runAt(how === 'inside `carpool run`' ? outer.provided.address : machineAddress());
    const client = closing(await connectProvided(inner.provided, adapter));
    vi.spyOn(console, 'error').mockReturnValue();
    process.kill(livingMachineHost(machineFolder())!.pid, signal);
    await stopping();
    const message =
      'The host of this machine was ended, by `carpool stop`: no test of this run can use it from here on. Run the tests again';
    expect(await client.closed).toMatchObject({ code: 'HUB_LOST', message });
    expect((await failure(connectProvided(inner.provided, adapter), 'HUB_LOST')).message).toBe(message);
  },
);

test('what a run has left that was killed is removed after a day', async () => {
  const name = `carpool-${process.getuid?.()}-0123456789ab.ended`;
  const [old, young, other] = [name, name.replace('ab.', 'cd.'), 'mine.ended'].map((one) => join(place().path, one));
  for (const file of [old, young, other]) writeFileSync(String(file), '');
  const before = new Date(Date.now() - 25 * 60 * 60 * 1_000);
  for (const file of [old, other]) utimesSync(String(file), before, before);
  await sweep([place().path]);
  expect([old, young, other].map((file) => existsSync(String(file)))).toEqual([false, true, true]);
});

test.for(['found where it is looked for', 'found by CARPOOL_ADDRESS'])(
  'a host of the machine that is killed, %s: its log is named, and nothing that a test says contradicts another',
  async (how) => {
    onMachine();
    configured();
    const printed = stderr();
    const first = await run();
    const killed = how.endsWith('CARPOOL_ADDRESS') ? await runAt(machineAddress()) : first;
    if (killed !== first) await first.stop();
    const client = await worker(killed);
    const shared = await client.machine.connected();
    const { held } = await shared.leases.acquire(acquire);
    const losses: string[] = [];
    held.whenLost(({ message }) => void losses.push(message));
    process.kill(livingMachineHost(machineFolder())!.pid, 'SIGKILL');
    await client.closed;
    await vi.waitUntil(() => losses.length > 0, { timeout: 20_000 });
    expect(losses).toEqual([
      'Lost lock "db": the host of this machine is gone, and with it this run and all that runs held there; the next run starts another',
    ]);
    const { message } = await failure(connectProvided(killed.provided, adapter), 'HUB_LOST');
    const log = join(machineFolder(), 'log');
    const after = `No test of this run can use it from here on: it was the host of this machine, and the next run starts another. What it printed is in its log, ${log}; what it had started is ended by the next host`;
    expect(message).toContain(after);
    await vi.waitUntil(() => printed().includes(after), { timeout: 20_000 });
    await killed.runStarted();
    expect(await (await worker(killed)).pools()).toEqual(['echoes']);
  },
);

test('what a test holds of a host of the machine that does not serve its run, and that `carpool stop` ends', async () => {
  onMachine();
  configured();
  stderr();
  const client = await worker(await run({ host: 'run' }));
  const shared = await client.machine.connected();
  const { held } = await shared.leases.acquire(acquire);
  const losses: string[] = [];
  held.whenLost(({ message }) => void losses.push(message));
  await stopping();
  await vi.waitUntil(() => losses.length > 0, { timeout: 20_000 });
  expect(losses).toEqual([
    'Lost lock "db": `carpool stop` has ended the host of this machine, which kept it; the next call starts another',
  ]);
  expect((await (await client.machine.connected()).leases.acquire(acquire)).held.weight).toBe(1);
});
