import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { doctor } from '../../src/cli/doctor.ts';
import { checkConfig } from '../../src/cli/doctor/config.ts';
import type { Diagnosis, Finding } from '../../src/cli/doctor/finding.ts';
import { checkHosts } from '../../src/cli/doctor/hosts.ts';
import { checkLeftovers } from '../../src/cli/doctor/leftovers.ts';
import { checkTemp } from '../../src/cli/doctor/temp.ts';
import { checkVersions } from '../../src/cli/doctor/versions.ts';
import { makeHostDirectory } from '../../src/hosts/host-directory.ts';
import { ownRecord } from '../../src/hosts/host-record.ts';
import { endedProcess } from '../support/ended-process.ts';
import { closing, place } from '../support/pools.ts';
import { carpool, config, write } from './carpool.ts';

const user = process.platform === 'win32' ? 'user' : String(process.getuid?.());

/** A package in `node_modules` of a folder of the test. */
function installed(name: string, version: string, folder = '.'): void {
  write(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version }));
}

function linesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ status, text }) => `${status}: ${text}`);
}

describe('the command', () => {
  test('finds nothing to complain of, and says what it has looked at', async () => {
    installed('carpool', '0.0.0');
    config({ echoes: 'echo' });
    const { path } = place();
    const said: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
    const code = await doctor({ root: path, bases: [path] });
    log.mockRestore();
    expect(said).toEqual([
      expect.stringMatching(/^ok {7}Node [\d.]+, carpool [\d.]+, /),
      'ok       carpool: 0.0.0',
      expect.stringMatching(/^ok {7}\/.*: \d.* free$/),
      'ok       no host is running',
      'ok       no killed host has left anything',
      expect.stringMatching(/^ok {7}\/.*carpool\.config\.mjs; pools: echoes; shared workers: none; locks: none$/),
      expect.stringMatching(/^ok {7}pool echoes: \/.*node/),
    ]);
    expect(code).toBe(0);
  });

  test('leaves nothing in the temporary folder; neither do `stop` and `address`, which look for the same host', async () => {
    write('carpool.config.mjs', 'export default { pools: {} };');
    const { path } = place();
    for (const args of [['doctor'], ['stop'], ['address', '--for', 'ci']]) {
      await carpool(...args);
      expect(readdirSync(path)).toEqual(['carpool.config.mjs']);
    }
  });

  test('ends with 1 where there is a problem; --json', async () => {
    write('carpool.config.mjs', 'export default { pools: { broken: { command: "there-is-no-such-program" } } };');
    const { code, stdout } = await carpool('doctor', '--json');
    const diagnosis = JSON.parse(stdout) as Diagnosis;
    expect(diagnosis).toMatchObject({ version: 1, ok: false, node: process.versions.node });
    expect(diagnosis.checks.at(-1)).toMatchObject({ check: 'pools', status: 'problem' });
    expect(code).toBe(1);
  });
});

describe('versions', () => {
  test('of packages that are not those of the command, also of what an adapter loads', () => {
    const { path } = place();
    installed('carpool', '1.2.0');
    installed('@carpool/vitest', '1.2.0');
    installed('carpool', '1.1.0', 'node_modules/@carpool/vitest');
    installed('@carpool/jest', '1.0.0');
    installed('jest', '30.1.0');
    expect(linesOf(checkVersions(join(path, 'a/package'), '1.2.0')).slice(1)).toEqual([
      `problem: @carpool/jest is 1.0.0, and this command is of carpool 1.2.0 (${path}/node_modules/@carpool/jest)`,
      `problem: carpool, which @carpool/vitest loads is 1.1.0, and this command is of carpool 1.2.0 (${path}/node_modules/@carpool/vitest/node_modules/carpool)`,
      `warning: @carpool/vitest is installed, and vitest is not found from ${path}/a/package`,
      'ok: jest 30.1.0, with @carpool/jest',
    ]);
  });

  test('nothing is installed', () => {
    const [, finding] = checkVersions(place().path);
    expect(finding).toMatchObject({ status: 'warning', text: `no package of Carpool is found from ${place().path}` });
  });
});

describe('the config', () => {
  test('is missing, or fails', async () => {
    const root = place().path;
    expect(await checkConfig({ root })).toMatchObject([{ check: 'config', status: 'warning' }]);
    write('carpool.config.mjs', 'export default { pool: {} };');
    expect(await checkConfig({ root })).toMatchObject([
      { check: 'config', status: 'problem', text: expect.stringContaining('carpool.config.mjs') as string },
    ]);
    write('hangs/carpool.config.mjs', 'await new Promise(() => {});');
    const hangs = await checkConfig({ root: join(root, 'hangs'), timeout: 100 });
    expect(hangs).toMatchObject([{ status: 'problem', text: expect.stringContaining('within 100 ms') as string }]);
  });

  test('names programs that are not there, or cannot be started', async () => {
    chmodSync(write('script.sh', '#!/bin/sh\n'), 0o644);
    write(
      'carpool.config.mjs',
      `export default { pools: {
        node: { command: 'node' },
        absent: { command: 'there-is-no-such-program', installHint: 'Install it with care' },
        refused: { command: './script.sh' },
        nowhere: { command: 'node', cwd: 'no-such-folder' },
        asks: { command: () => { throw new Error('it was called'); } },
      } };`,
    );
    const [, ...pools] = await checkConfig({ root: place().path });
    expect(pools).toMatchObject([
      { status: 'ok', text: expect.stringMatching(/^pool node: \/.*node$/) as string },
      {
        status: 'problem',
        text: expect.stringContaining('`there-is-no-such-program` was not found: looked in ') as string,
        advice: 'Install it with care',
      },
      { status: 'problem', text: expect.stringContaining('is not executable') as string },
      { status: 'problem', text: expect.stringContaining('no-such-folder does not exist') as string },
      { status: 'ok', advice: '`carpool check asks` starts it' },
    ]);
  });
});

test('the temporary folder: none, or not the first one, can hold a socket', () => {
  const { path } = place();
  expect(linesOf(checkTemp([path]))).toEqual([expect.stringMatching(/^ok: .* free$/)]);
  const long = join(path, 'x'.repeat(120));
  expect(linesOf(checkTemp([long, path]))[0]).toMatch(/^warning: \/.* cannot hold the folder of a host: /);
  expect(linesOf(checkTemp([long]))).toEqual([expect.stringMatching(/^problem: Cannot listen on a socket: /)]);
});

test('a host that does not answer is a problem', async () => {
  const { path } = place();
  // It accepts, and says nothing, as a process that is stopped.
  const made = makeHostDirectory([path], '0'.repeat(64));
  const server = createServer(() => {}).listen(made.socket);
  await once(server, 'listening');
  closing({
    close() {
      server.close();
      made.remove();
    },
  });
  expect(await checkHosts([path])).toEqual([
    {
      check: 'hosts',
      status: 'problem',
      text: `the host with pid ${process.pid}: it does not answer within 1.5 s: it is stopped, or code that runs in it blocks it`,
      advice: `\`carpool stop ${process.pid}\` ends it`,
    },
  ]);
});

describe('leftovers', () => {
  test('of a killed host are named, and removed by --sweep, with the process that it had started; nothing else is', async () => {
    const { path } = place();
    const record = { ...ownRecord(), ...(await endedProcess()) };
    const folder = join(path, `carpool-${user}-0123456789ab`);
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, 'host.json'), JSON.stringify(record));
    const elsewhere = join(path, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    writeFileSync(join(elsewhere, 'host.json'), JSON.stringify(record));
    const link = join(path, `carpool-${user}-1123456789ab`);
    symlinkSync(elsewhere, link);
    const other = join(path, `carpool-${user}-2123456789ab`);
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(join(other, 'host.json'), JSON.stringify({ ...record, boot: 'another' }));
    const env = { ...process.env, CARPOOL_HOST: record.id };
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env, stdio: 'ignore' });
    const exited = once(child, 'exit');
    closing({ close: () => child.kill('SIGKILL') });
    await once(child, 'spawn');

    const unknown = `warning: nothing proves whether the host of ${other} is gone: it was started in another container, on another machine, or before the last start of this one`;
    const what = `a host that was killed, process ${record.pid}, has left ${folder}, and 1 process: pid ${child.pid}`;
    expect(linesOf(await checkLeftovers({ bases: [path] }))).toEqual([`warning: ${what}`, unknown]);
    expect(linesOf(await checkLeftovers({ bases: [path], sweep: true }))).toEqual([`ok: removed: ${what}`, unknown]);
    await exited;
    expect([folder, join(link, 'host.json'), join(other, 'host.json')].map((file) => existsSync(file))).toEqual([
      false,
      true,
      true,
    ]);
    for (const left of [link, other]) rmSync(left, { recursive: true });
  });

  test('none', async () => {
    expect(linesOf(await checkLeftovers({ bases: [place().path] }))).toEqual(['ok: no killed host has left anything']);
  });
});
