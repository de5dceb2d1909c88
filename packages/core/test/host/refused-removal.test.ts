// A file system that refuses to remove anything, as one that was mounted read-only since: what ends, ends, and leaves its files.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { stop } from '../../src/cli/stop.ts';
import { livingMachineHost, machineFolder } from '../../src/hosts/machine-folder.ts';
import { hostFolders } from '../../src/hosts/own-folders.ts';
import { mayBeRunning } from '../../src/process/identity.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';
import { place } from '../support/pools.ts';

/** In the hosts that are started from now on, nothing can be removed synchronously. */
function refusing(): void {
  const file = join(place().path, 'refuses.cjs');
  writeFileSync(
    file,
    `const fs = require('node:fs');
    const refuse = (path) => { throw Object.assign(new Error('EROFS: read-only file system, rm ' + path), { code: 'EROFS' }); };
    Object.assign(fs, { rmSync: refuse, rmdirSync: refuse, unlinkSync: refuse });
    require('node:module').syncBuiltinESMExports();`,
  );
  onMachine();
  vi.stubEnv('NODE_OPTIONS', `--require ${file}`);
}

/** What this process writes to stderr from now on. */
function stderr(): () => string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}

/** The folders that hosts of this test have left. They are removed. */
function takeLeft(): string[] {
  const left = hostFolders([place().path]);
  for (const folder of left) rmSync(folder, { recursive: true });
  return left;
}

test('the host of a run ends in order, and the run has its summary', async () => {
  refusing();
  configured();
  const printed = stderr();
  const own = await run({ host: 'run' });
  await (await worker(own)).register('echoes');
  expect(await own.stop()).toEqual([expect.stringMatching('^carpool: echoes: 1 child, 1 session')]);
  expect(printed()).not.toContain('EROFS');
  expect(takeLeft()).toHaveLength(1);
});

test('a run on the host of the machine ends, its host serves others, and ends in order, too', async () => {
  refusing();
  configured();
  vi.spyOn(console, 'log').mockReturnValue();
  const first = await run();
  await (await worker(first)).register('echoes');
  const host = livingMachineHost(machineFolder());
  expect(await first.stop()).toEqual([expect.stringMatching('^carpool: echoes: 1 child, 1 session')]);
  const second = await run();
  expect(livingMachineHost(machineFolder())?.pid).toBe(host?.pid);
  await (await worker(second)).register('echoes');
  expect(await second.stop()).toEqual([expect.stringMatching('^carpool: echoes: ')]);
  expect(await stop(undefined, { bases: [place().path] })).toBe(0);
  expect(host && mayBeRunning(host)).toBe(false);
  expect(takeLeft()).toHaveLength(1);
});

test('what a killed host has left stays for the next sweep, and the sweep goes on', () => {
  const { path } = place();
  const module = (file: string): string => new URL(`../../src/hosts/${file}.ts`, import.meta.url).href;
  const code = `
    import { chmodSync } from 'node:fs';
    import { makeHostDirectory } from '${module('host-directory')}';
    import { sweepHost } from '${module('sweep')}';
    const directory = makeHostDirectory([${JSON.stringify(path)}]);
    const { folder, record } = directory;
    for (const each of [folder, ${JSON.stringify(path)}]) chmodSync(each, 0o555);
    // What root may do is not bounded by modes.
    if (process.getuid() === 0) process.seteuid(65534);
    directory.remove();
    console.log(await sweepHost({ folder, record, samePids: true }));
  `;
  const script = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  chmodSync(path, 0o700);
  const [left = ''] = hostFolders([path]);
  chmodSync(left, 0o700);
  expect([script.status, script.stdout, script.stderr]).toEqual([0, 'false\n', '']);
  expect(existsSync(join(left, 'host.json'))).toBe(true);
  takeLeft();
});
