// Several runs on the host of one machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeValue } from '../../src/client/value-file.ts';
import { stop } from '../../src/cli/stop.ts';
import { livingMachineHost, machineFolder } from '../../src/hosts/machine-folder.ts';
import { hostFolders } from '../../src/hosts/own-folders.ts';
import { failure } from '../support/failure.ts';
import { closing, place, program, until } from '../support/pools.ts';
import { configured, onMachine, run, worker } from './support.ts';

function logged(): string {
  return readFileSync(join(machineFolder(), 'log'), 'utf8');
}

test('several runs begin at once: one host is started, each has its sessions, and its end gives all back', async () => {
  onMachine();
  configured();
  const runs = await Promise.all([1, 2, 3].map(() => run()));
  expect(runs.map(({ provided }) => provided.problem)).toEqual([undefined, undefined, undefined]);
  expect(new Set(runs.map(({ provided }) => provided.address)).size).toBe(3);
  expect(readdirSync(place().path).filter((name) => /^carpool-\d+-[0-9a-f]{12}$/.test(name))).toHaveLength(1);
  const [first, second] = await Promise.all(runs.slice(0, 2).map(worker));
  const session = await first!.register('echoes');
  expect(await session.request({ type: 'echo', text: 'hello' })).toMatchObject({ echo: { text: 'hello' } });
  await second!.register('echoes');
  expect(await runs[0]!.stop()).toEqual([expect.stringMatching('^carpool: echoes: 1 child, 1 session')]);
  expect((await first!.closed)?.code).toBe('HUB_LOST');
  expect(second!.over).toBe(false);
  expect(logged()).toMatch(/a test, .*, pid \d+: has come\n/);
  expect(logged()).toMatch(/a test, .*, pid \d+: has gone, after \d+ m?s and 1 session\n/);
});

test('the config says that the run goes to the host of the machine', async () => {
  onMachine();
  configured({ host: 'machine', locks: { printer: 'lock' } });
  const { provided } = await run({ host: undefined });
  expect(provided).toMatchObject({ locks: { printer: expect.anything() }, problem: undefined });
  expect(livingMachineHost(machineFolder())).toBeDefined();
});

test('leases of two runs have nothing to do with each other', async () => {
  onMachine();
  configured({ locks: { printer: 'lock' } });
  const clients = await Promise.all((await Promise.all([run(), run()])).map(worker));
  const taken = clients.map((client) =>
    client.ask({ method: 'acquire', lease: 1, name: 'printer', kind: 'lock', size: 1, weight: 1, wait: false }, 5_000),
  );
  expect(await Promise.all(taken)).toEqual([{}, {}]);
});

test('a config that was edited is read anew, and one that fails fails its run alone', async () => {
  onMachine();
  configured();
  const first = await run();
  const file = configured({ pools: {}, locks: { other: 'lock' } });
  await first.runStarted();
  expect(first.provided.locks).toHaveProperty('other');
  configured({ pools: { echoes: { comand: 'x' } } });
  const second = await run();
  expect(second.provided.problem).toMatchObject({ code: 'CONFIG_INVALID', context: { file } });
  const client = closing(await worker(first));
  expect((await client.names()).locks).toHaveProperty('other');
});

test('a main process that is killed gives back all that its run held', async () => {
  onMachine();
  const pool = program('echo', { maxSessions: 1 });
  configured({ pools: { echoes: pool }, host: 'machine' });
  const killed = spawn(process.execPath, [join(import.meta.dirname, 'holds.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closing({ close: () => killed.kill('SIGKILL') });
  await once(killed.stdout, 'data');
  const second = await worker(await run());
  const gone = once(killed, 'exit');
  killed.kill('SIGKILL');
  await gone;
  expect(await second.register('echoes')).toBeDefined();
  await vi.waitUntil(() => logged().includes(`pid ${killed.pid}: has gone`), { timeout: 20_000 });
});

test('a host that is killed fails the tests that use it, and the next run starts another', async () => {
  onMachine();
  configured();
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const first = await run();
  const client = await worker(first);
  await client.register('echoes');
  const { pid } = livingMachineHost(machineFolder())!;
  process.kill(pid, 'SIGKILL');
  expect((await client.closed)?.code).toBe('HUB_LOST');
  const before = first.provided;
  await first.runStarted();
  expect(first.provided.address).not.toBe(before.address);
  await (await worker(first)).register('echoes');
  const said = stderr.mock.calls.join('');
  expect(said).toContain('carpool: The connection to the host has ended');
  const killed = `carpool: the host of this machine that ran before, process ${pid}, was killed or has crashed; the one that is started now ends what that has left\n`;
  expect(said.split(killed)).toHaveLength(2);
  // It runs already, and another one has started it.
  await run();
  expect(stderr.mock.calls.join('').split(killed)).toHaveLength(2);
  stderr.mockRestore();
});

test('of a host that has ended in order, or by `carpool stop`, also where that had to kill it, the next run says nothing', async () => {
  onMachine();
  configured();
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(console, 'log').mockReturnValue();
  vi.spyOn(console, 'error').mockReturnValue();
  for (const signal of ['SIGCONT', 'SIGSTOP'] as const) {
    const one = await run();
    process.kill(livingMachineHost(machineFolder())!.pid, signal);
    expect(await stop(undefined, { bases: [place().path] })).toBe(0);
    await one.stop();
  }
  await run();
  expect(stderr.mock.calls.join('')).not.toContain('that ran before');
});

test('what a pool prints is shown by the runs that use it', async () => {
  onMachine();
  configured({ pools: { dying: program('dies-at-once', { forwardStderr: true }) } });
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const client = await worker(await run());
  await expect(client.register('dying')).rejects.toThrow('cannot find the licence file');
  await vi.waitUntil(() => stderr.mock.calls.join('').includes('cannot find the licence file'), { timeout: 20_000 });
  stderr.mockRestore();
});

test('the environment of the run that starts the host bounds its children; a run that wants others is told so', async () => {
  onMachine();
  const pools = { one: program('echo'), two: program('echo', { registerTimeout: 200 }) };
  configured({ pools });
  vi.stubEnv('CARPOOL_MAX_CHILDREN', '1');
  const client = await worker(await run());
  await client.register('one');
  expect((await failure(client.register('two'), 'POOL_QUEUE_TIMEOUT')).message).toContain('may have 1 child together');
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('CARPOOL_MAX_CHILDREN', '3');
  await run();
  const said = stderr.mock.calls.join('');
  stderr.mockRestore();
  expect(said).toBe(
    'carpool: the host of this machine was started with 1, which stays; CARPOOL_MAX_CHILDREN=3 is for one that is started with it, after `carpool stop`\n',
  );
});

test('a bound of the environment that is none fails the run that would start the host, and says what is allowed', async () => {
  onMachine();
  configured();
  vi.stubEnv('CARPOOL_MAX_MEMORY', 'all');
  const { provided } = await run();
  expect(provided.problem).toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'The environment variable CARPOOL_MAX_MEMORY is "all"; allowed: a size, such as 512M or 4G',
  });
});

test('a run that waits for the configs of others says for which, and its own time begins with its turn', async () => {
  onMachine();
  const folder = (name: string, text: string): string => {
    const path = join(place().path, name);
    mkdirSync(path);
    writeFileSync(join(path, 'carpool.config.mjs'), text);
    return path;
  };
  const [go, begun] = [join(place().path, 'go'), join(place().path, 'begun')];
  const slow = folder(
    'slow',
    `import { existsSync, writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(begun)}, '');
    while (!existsSync(${JSON.stringify(go)})) await new Promise((resolve) => setTimeout(resolve, 20));
    export default { pools: { echoes: ${JSON.stringify(program('echo'))} } };`,
  );
  const quick = folder('quick', `export default { pools: { echoes: ${JSON.stringify(program('echo'))} } };`);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const first = run({ root: slow });
  await until('its config is being loaded', () => existsSync(begun));
  const second = run({ root: quick, configTimeout: 1_000 });
  const waits = `carpool: this run waits until the host of this machine has loaded the config of another run; ${slow}/carpool.config.mjs is being loaded\n`;
  await vi.waitUntil(() => stderr.mock.calls.join('').includes('this run waits'), { timeout: 20_000 });
  expect(stderr.mock.calls.join('')).toContain(waits);
  writeFileSync(go, '');
  expect((await first).provided.problem).toBeUndefined();
  expect((await second).provided.problem).toBeUndefined();
  stderr.mockRestore();
});

test('the folder of a run that a cleaner has removed is made again, for values that are too large for a message', async () => {
  onMachine();
  configured();
  const client = await worker(await run());
  const folders = (): string[] => hostFolders([place().path]).map((folder) => join(folder, 'run-1'));
  const [folder = ''] = folders();
  rmSync(folder, { recursive: true });
  await vi.waitUntil(() => existsSync(folder), { timeout: 20_000 });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const answer = await client.leases.once({ key: 'large' });
  if (!('settle' in answer)) throw new Error('another one computes it');
  expect(answer.store).toBe(join(folder, 'once-1'));
  await writeValue(answer, Buffer.alloc(300 * 1024), 'large');
  await answer.settle({ stored: true });
  expect(await client.leases.once({ key: 'large' })).toEqual({ file: answer.store });
});
