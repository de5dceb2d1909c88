// Several runs on the host of one machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { livingMachineHost, machineFolder } from '../../src/hosts/machine-folder.ts';
import { closing, place, program } from '../support/pools.ts';
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
  await vi.waitUntil(() => logged().includes(`pid ${killed.pid}: has gone`), { timeout: 10_000 });
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
  expect(stderr.mock.calls.join('')).toContain('carpool: The connection to the host has ended');
  stderr.mockRestore();
});

test('what a pool prints is shown by the runs that use it', async () => {
  onMachine();
  configured({ pools: { dying: program('dies-at-once', { forwardStderr: true }) } });
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const client = await worker(await run());
  await expect(client.register('dying')).rejects.toThrow('cannot find the licence file');
  await vi.waitUntil(() => stderr.mock.calls.join('').includes('cannot find the licence file'), { timeout: 10_000 });
  stderr.mockRestore();
});
