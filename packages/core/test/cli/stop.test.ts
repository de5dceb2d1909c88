import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { processes } from '../../src/cli/ps/ask.ts';
import type { AnsweringHost, HostView } from '../../src/cli/ps/types.ts';
import { HostClient } from '../../src/client/client.ts';
import { stop, type StopOptions } from '../../src/cli/stop.ts';
import { hostFolders } from '../../src/hosts/own-folders.ts';
import { livingMachineHost, machineFolder, machineFolderName } from '../../src/hosts/machine-folder.ts';
import { ownRecord, readHostRecord } from '../../src/hosts/host-record.ts';
import { mayBeRunning, startTimeOf } from '../../src/process/identity.ts';
import { closing, place, program, until } from '../support/pools.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';

const user = process.platform === 'win32' ? 'user' : String(process.getuid?.());

interface Stopped {
  readonly code: number;
  readonly said: string;
}

/** What it prints, and its exit code. It sees the hosts of this test alone. @param notices takes what it waits for */
async function stopping(target?: string, options: StopOptions = {}, notices: string[] = []): Promise<Stopped> {
  const said: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
  // On a busy machine each may wait.
  const isNotice = (text: string): boolean => /^carpool: waits |: it is killed$/.test(text);
  const error = vi
    .spyOn(console, 'error')
    .mockImplementation((text: string) => void (isNotice(text) ? notices : said).push(text));
  try {
    return { code: await stop(target, { bases: [place().path], ...options }), said: said.join('\n') };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

async function hosts(): Promise<readonly HostView[]> {
  return (await processes({ most: 5, bases: [place().path] })).hosts;
}

/** The only host of this test. */
async function onlyHost(): Promise<AnsweringHost> {
  const [host, ...others] = await hosts();
  if (host?.state !== 'answers' || others.length > 0) throw new Error('there is not one host that answers');
  return host;
}

/** A host with a worker. @param whose a run's own, or that of the machine */
async function served(
  whose: 'run' | 'machine',
): Promise<{ readonly host: AnsweringHost; readonly client: HostClient }> {
  onMachine();
  configured();
  const client = await worker(await run({ host: whose }));
  return { client, host: await onlyHost() };
}

test('one run of the host of the machine ends, by its id; then that host, and then those of runs', async () => {
  onMachine();
  configured();
  const [stays, ends] = [await run(), await run()];
  const own = await run({ host: 'run' });
  const [client, other] = [await worker(stays), await worker(ends)];
  const session = await client.register('echoes');
  await other.register('echoes');
  const [machine] = await hosts();
  if (machine?.state !== 'answers') throw new Error('no host of the machine answers');
  const [, second] = machine.runs;
  expect(await stopping(second?.id)).toEqual({
    code: 0,
    said: `carpool: has ended: the run of a test: ${place().path}, pid ${process.pid}, with all that it held`,
  });
  expect(await other.closed).toMatchObject({ code: 'HUB_LOST' });
  expect(await session.request({ type: 'echo', text: 'goes on' })).toMatchObject({ echo: { text: 'goes on' } });
  // In watch mode the next run begins anew.
  await ends.runStarted();
  expect(ends.provided.problem).toBeUndefined();
  expect(await (await worker(ends)).pools()).toEqual(['echoes']);

  const { code, said } = await stopping();
  expect(code).toBe(0);
  expect(said).toBe(`carpool: the host of this machine has ended: process ${machine.pid}, with 2 runs and 1 child`);
  expect((await stopping()).said).toMatch(
    /^carpool: there is no host of this machine\. Another host runs: pid \d+ \(a test, \S+\); `carpool stop PID` ends it$/,
  );
  expect((await stopping(undefined, { all: true })).said).toMatch(
    /^carpool: the host of a run has ended: process \d+, of a test, .* and 0 children$/,
  );
  expect(await stopping(undefined, { all: true })).toEqual({ code: 0, said: 'carpool: no host is running' });
  await own.stop();
});

test('a host that is stopped is killed, and its child is swept', async () => {
  const { client } = await served('run');
  await client.register('echoes');
  const host = await onlyHost();
  const pid = host.pools[0]?.children[0]?.pid ?? 0;
  const child = { pid, startTime: startTimeOf(pid) };
  process.kill(host.pid, 'SIGSTOP');
  const began = performance.now();
  const notices: string[] = [];
  const { code, said } = await stopping(String(host.pid), {}, notices);
  // It was 11.8 s: a question waits for 10 s.
  expect(performance.now() - began).toBeLessThan(4_000);
  expect(notices).toEqual([`carpool: the host of a run (process ${host.pid}) is stopped: it is killed`]);
  expect(said).toBe(
    `carpool: the host of a run was killed: process ${host.pid}: it was stopped, by SIGSTOP or a debugger, and did not answer. What it had started has ended`,
  );
  expect(code).toBe(0);
  expect(mayBeRunning(child)).toBe(false);
  expect(hostFolders([place().path])).toEqual([]);
});

test('a host of a run that is stopped is killed, whatever is where the host of the machine would be found', async () => {
  const { host } = await served('run');
  const folder = join(place().path, machineFolderName());
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  closing({ close: () => rmSync(folder, { recursive: true }) });
  process.kill(host.pid, 'SIGSTOP');
  const { code, said } = await stopping(String(host.pid));
  expect([code, said]).toEqual([0, expect.stringMatching(/^carpool: the host of a run was killed: /)]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a host of the machine of another version that is stopped: what it leaves is where that version looks', async () => {
  const { host } = await served('machine');
  process.kill(host.pid, 'SIGSTOP');
  const other = join(place().path, `carpool-${user}-machine-0.0.1-1-00000000`);
  renameSync(machineFolder(), other);
  const { code, said } = await stopping(String(host.pid));
  expect([code, said]).toEqual([0, expect.stringMatching(/^carpool: the host of this machine was killed: /)]);
  expect(readdirSync(other).toSorted()).toEqual(['log', 'log.ended']);
  expect(readFileSync(join(other, 'log.ended'), 'utf8')).toContain('The host of this machine was ended');
  expect(readdirSync(place().path).filter((name) => name.endsWith('.ended'))).toEqual([]);
});

test('a host of the machine is found for as long as it lives, also where it cannot be killed', async () => {
  const { host } = await served('machine');
  process.kill(host.pid, 'SIGSTOP');
  const kill = process.kill.bind(process);
  const killed = vi
    .spyOn(process, 'kill')
    .mockImplementation((pid, signal) => signal === 'SIGKILL' || kill(pid, signal));
  const { code, said } = await stopping();
  killed.mockRestore();
  expect([code, said]).toEqual([1, `carpool: the host of this machine cannot be killed: process ${host.pid}`]);
  expect(livingMachineHost(machineFolder())?.pid).toBe(host.pid);
  expect((await stopping()).code).toBe(0);
  expect(readHostRecord(machineFolder())).toBeUndefined();
});

test('a run on a host that does not answer is not found, and that host is named', async () => {
  const { host } = await served('machine');
  process.kill(host.pid, 'SIGSTOP');
  const notFound = await stopping(host.runs[0]?.id);
  process.kill(host.pid, 'SIGCONT');
  expect(notFound).toEqual({
    code: 1,
    said: `carpool: no host and no run of this user is ${host.runs[0]?.id}; \`carpool ps\` lists them. No answer came from 1 host that may serve it (pid ${host.pid}): \`carpool stop PID\` ends one, with all that it serves`,
  });
});

test('a run is ended in the time that is given, also where another host does not answer', async () => {
  const { host } = await served('machine');
  const own = await run({ host: 'run' });
  const silent = (await hosts()).find(({ kind }) => kind === 'run')?.pid ?? 0;
  process.kill(silent, 'SIGSTOP');
  // Less than a host has for its answer.
  const ended = await stopping(host.runs[0]?.id, { timeout: 1_400 });
  process.kill(silent, 'SIGCONT');
  expect(ended).toEqual({ code: 0, said: expect.stringMatching(/^carpool: has ended: the run of a test: /) });
  await own.stop();
});

test('a run whose host is gone when it is to be asked is named, with the reason', async () => {
  const { host } = await served('machine');
  const connect = HostClient.connect.bind(HostClient);
  const gone = vi.spyOn(HostClient, 'connect').mockImplementation(async (options) => {
    if (options.runner === 'carpool stop') throw new Error('nothing listens there');
    return await connect(options);
  });
  const asked = await stopping(host.runs[0]?.id);
  gone.mockRestore();
  expect(asked).toEqual({
    code: 1,
    said: expect.stringMatching(/^carpool: the run of a test: .* has not ended: nothing listens there$/),
  });
});

test('a host that is stopped for less than a second is asked, and is not killed', async () => {
  const { host } = await served('run');
  process.kill(host.pid, 'SIGSTOP');
  const goesOn = setTimeout(() => process.kill(host.pid, 'SIGCONT'), 400);
  const { code, said } = await stopping(String(host.pid));
  clearTimeout(goesOn);
  expect([code, said]).toEqual([0, expect.stringMatching(/^carpool: the host of a run has ended: process \d+/)]);
});

test('with `never` a host that is stopped is not killed: it is said how it goes on', async () => {
  const { host } = await served('run');
  process.kill(host.pid, 'SIGSTOP');
  const said: string[] = [];
  const error = vi.spyOn(console, 'error').mockImplementation((text: string) => void said.push(text));
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
  const stopped = stop(String(host.pid), { bases: [place().path], timeout: Infinity });
  await vi.waitUntil(() => said.length > 0, { timeout: 20_000 });
  process.kill(host.pid, 'SIGCONT');
  expect(await stopped).toBe(0);
  error.mockRestore();
  log.mockRestore();
  expect(said).toEqual([
    `carpool: waits for the host of a run (process ${host.pid}), which is stopped: \`kill -CONT ${host.pid}\` lets it go on`,
    expect.stringMatching(/^carpool: the host of a run has ended: process \d+/),
  ]);
});

test('a host that answers, and does not end, is killed at the deadline', async () => {
  onMachine();
  configured({ pools: { echoes: program('ignores-everything', { stopTimeout: 20_000 }) } });
  const client = await worker(await run({ host: 'run' }));
  await client.register('echoes');
  const { said } = await stopping(String((await onlyHost()).pid), { timeout: 1_500 });
  expect(said).toMatch(/was killed: process \d+, .*: it has not ended within 1.5 s. What it had started has ended$/);
  await until('its folder is gone', () => hostFolders([place().path]).length === 0);
});

/** A host whose config blocks it for so long, from now on. */
async function blockedHost(milliseconds: number): Promise<number> {
  onMachine();
  const marker = join(place().path, 'blocked');
  writeFileSync(
    join(place().path, 'carpool.config.mjs'),
    `import { writeFileSync } from 'node:fs';
    process.on('SIGUSR2', () => {
      writeFileSync(${JSON.stringify(marker)}, '');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds});
    });
    export default { pools: ${JSON.stringify({ echoes: program('echo') })} };`,
  );
  const client = await worker(await run({ host: 'run' }));
  await client.register('echoes');
  const { pid } = await onlyHost();
  process.kill(pid, 'SIGUSR2');
  await until('it is blocked', () => existsSync(marker));
  return pid;
}

test.each([Infinity, 20_000])('a host that is busy is not killed as long as there is time: %s', async (timeout) => {
  const pid = await blockedHost(4_000);
  const notices: string[] = [];
  expect(await stopping(String(pid), { timeout }, notices)).toEqual({
    code: 0,
    said: expect.stringMatching(/^carpool: the host of a run has ended: process \d+/),
  });
  const kills = timeout === Infinity ? '' : '; after \\d+ s it is killed';
  expect(notices).toEqual([
    expect.stringMatching(
      `^carpool: waits for an answer of the host of a run \\(process ${pid}\\): it may be busy${kills}$`,
    ),
  ]);
});

test('all of it takes no longer than the time that is given, whatever the host does', async () => {
  const pid = await blockedHost(60_000);
  const began = performance.now();
  const { said } = await stopping(String(pid), { timeout: 300 });
  // A question alone may take 10 s.
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(said).toContain('was killed');
  expect(said).toContain('it did not answer within 0.3 s');
});

test('nothing of that name, and two wishes at once', async () => {
  expect(await stopping('4711')).toEqual({
    code: 1,
    said: 'carpool: no host and no run of this user is 4711; `carpool ps` lists them',
  });
  expect((await stopping('4711', { all: true })).code).toBe(1);
});

test('a folder that is a link is left alone, also by --all', async () => {
  const { path } = place();
  const elsewhere = join(path, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  writeFileSync(
    join(elsewhere, 'host.json'),
    JSON.stringify({ ...ownRecord(), address: `carpool:${path}/hub#${'0'.repeat(64)}` }),
  );
  const link = join(path, `carpool-${user}-0123456789ab`);
  symlinkSync(elsewhere, link);
  expect((await stopping(undefined, { all: true })).said).toBe('carpool: no host is running');
  expect(existsSync(join(elsewhere, 'host.json'))).toBe(true);
  rmSync(link);
});
