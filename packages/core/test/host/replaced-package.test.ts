// The package is replaced while a host of it runs, as by an install in watch mode: files that a host loads later are gone.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, test, vi } from 'vitest';
import { stop } from '../../src/cli/stop.ts';
import { HostClient } from '../../src/client/client.ts';
import { livingMachineHost, machineFolder, machineLog } from '../../src/hosts/machine-folder.ts';
import { machineHost } from '../../src/hosts/machine-host.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import type { Host } from '../../src/main-process/types.ts';
import type { MachineBoot } from '../../src/wire/control.ts';
import { onMachine } from '../machine/support.ts';
import { failure } from '../support/failure.ts';
import { closing, place, program, until } from '../support/pools.ts';

const installed = vi.hoisted(() => ({ folder: '' }));
vi.mock('../../src/process/own-file.ts', () => ({
  ownFile: (name: string) => pathToFileURL(join(installed.folder, name)),
}));

const dist = join(import.meta.dirname, '../../dist');
const ofHosts = /^(?:host-|machine-main|shared-worker-thread).*\.js$/;

beforeEach(() => {
  installed.folder = join(place().path, 'package');
  cpSync(dist, installed.folder, { recursive: true, filter: (file) => file === dist || ofHosts.test(basename(file)) });
  writeFileSync(join(installed.folder, 'package.json'), '{ "type": "module" }');
  onMachine();
});

/** Removes a module that is loaded when it is needed. */
function remove(name: string): void {
  const found = readdirSync(installed.folder).filter((file) => new RegExp(`^host-${name}-[\\w-]{8}\\.js$`).test(file));
  expect(found).not.toEqual([]);
  for (const file of found) rmSync(join(installed.folder, file));
}

/** What this process writes to stderr from now on: what its host prints, and what it says of it. */
function stderr(): () => string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}

async function host(): Promise<Host> {
  const started = await startHost({ root: place().path, pools: { echoes: program('echo') } });
  closing({ close: () => started.stop() });
  return started;
}

async function connected(address: string): Promise<HostClient> {
  return closing(await HostClient.connect({ address, runner: 'a test' }));
}

async function echoes(client: HostClient): Promise<void> {
  const session = await client.register('echoes');
  expect(await session.request({ type: 'echo', text: 'here' })).toMatchObject({ echo: { text: 'here' } });
}

test('a host that `carpool stop` ends does so in order, though it cannot tell its tests', async () => {
  const printed = stderr();
  const started = await host();
  await echoes(await connected(started.address));
  remove('ended-on-purpose');
  vi.spyOn(console, 'log').mockReturnValue();
  expect(await stop(String(started.pid), { bases: [place().path] })).toBe(0);
  await started.exited;
  await until('it is said how it has ended', () => printed().includes('while the run went on'));
  expect(printed()).toMatch(/^carpool: Tests are not told that `carpool stop` ends their host: Cannot find module /m);
  expect(printed()).toContain(`carpool: The host (process ${started.pid}) exited with code 0 while`);
});

test('a host that cannot load what makes its pools says so where one is asked for, and serves the rest', async () => {
  remove('configure');
  const started = await host();
  const { problem } = await started.configured;
  expect(problem?.code).toBe('HUB_UNREACHABLE');
  expect(problem?.message).toMatch(/^The host cannot serve pools: Cannot find module /);
  const client = await connected(started.address);
  expect((await failure(client.register('echoes'), 'HUB_UNREACHABLE')).message).toContain(
    'The host cannot serve pools',
  );
  expect(await client.release(['a file'])).toBe(0);
  expect(await started.stop()).toEqual({ pools: [], crashes: [] });
});

test('a host that cannot sweep what others have left serves its own run', async () => {
  const printed = stderr();
  remove('sweep');
  const started = await host();
  await until('it is said', () => printed().includes('carpool: What killed hosts have left stays for the next host:'));
  await echoes(await connected(started.address));
  expect((await started.stop())?.pools).toMatchObject([{ name: 'echoes', sessions: 1 }]);
  expect(printed()).not.toContain('while the run went on');
});

test('a value that cannot be cleaned up is named, and the host ends in order', async () => {
  const printed = stderr();
  const started = await host();
  const client = await connected(started.address);
  await echoes(client);
  const cleanup = pathToFileURL(join(place().path, 'drop.mjs')).href;
  const answer = await client.leases.once({ key: 'db', cleanup });
  if ('settle' in answer) await answer.settle({ value: '' });
  remove('clean-up');
  expect((await started.stop())?.pools).toMatchObject([{ name: 'echoes', sessions: 1 }]);
  expect(printed()).toMatch(/^carpool: The clean-up of the value "db" was not begun: Cannot find module /m);
});

/** The host of the machine. @returns its log, so far */
async function machine(boot: MachineBoot = {}): Promise<() => string> {
  await machineHost({ boot });
  return () => readFileSync(machineLog(machineFolder()), 'utf8');
}

test('a host of the machine that cannot sweep what others have left goes on', async () => {
  remove('sweep');
  const log = await machine();
  await until('it is said', () => log().includes('What killed hosts have left stays for the next host:'));
  const client = await connected(String(livingMachineHost(machineFolder())?.address));
  expect((await client.ask({ method: 'status' }, 5_000)).kind).toBe('machine');
});

test('so does one that cannot offer its pools to other hosts', async () => {
  remove('offering');
  const { path: root } = place();
  const listen = { host: '127.0.0.1', port: 0, project: { root }, env: {}, cwd: root };
  const log = await machine({ listen });
  await until('it is said', () => log().includes(' offers no pools to other hosts: Cannot find module '));
  const client = await connected(String(livingMachineHost(machineFolder())?.address));
  expect((await client.ask({ method: 'status' }, 5_000)).listens).toBeDefined();
});
