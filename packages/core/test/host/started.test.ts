// What code of users has started in the host ends with it: processes that belong to no child of a pool.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { linux } from '@carpool/test-harness/programs';
import { describe, expect, test } from 'vitest';
import { ownRecord } from '../../src/hosts/host-record.ts';
import type { Host } from '../../src/main-process/types.ts';
import { isRunning, startTimeOf, type ProcessIdentity } from '../../src/process/identity.ts';
import { localPath } from '../../src/wire/address.ts';
import { ask, host, open } from '../shared-worker/support.ts';
import { closing, place, until } from '../support/pools.ts';

/** It is ended after this test, whatever the test finds. */
function identified(pid: number): ProcessIdentity {
  const identity = { pid, startTime: startTimeOf(pid) };
  closing({ close: () => isRunning(identity) && process.kill(pid, 'SIGKILL') });
  expect(isRunning(identity)).toBe(true);
  return identity;
}

/** A host whose shared worker has started processes. */
async function withServers(): Promise<{ started: Host; servers: ProcessIdentity[] }> {
  const started = await host();
  const shared = await (await open(started)).use('starts-servers.mjs');
  return { started, servers: ((await ask(shared, 'which?')) as number[]).map(identified) };
}

/** What says that it is a host which was killed. It leaves a process that carries its mark. */
async function killedHost(): Promise<{ folder: string; left: ProcessIdentity }> {
  const folder = join(place().path, `carpool-${process.getuid!()}-0123456789ab`);
  const record = ownRecord();
  const code = "process.on('SIGTERM', () => {}); process.send(0); setInterval(() => {}, 1e6)";
  const left = spawn(process.execPath, ['-e', code], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, CARPOOL_HOST: record.id },
    detached: true,
  });
  await once(left, 'message');
  mkdirSync(folder);
  // A host that was started before what it has started, and is gone.
  writeFileSync(join(folder, 'host.json'), JSON.stringify({ ...record, pid: 2 ** 22 + 1 }));
  return { folder, left: identified(left.pid!) };
}

describe.runIf(linux.holds)(
  `what a shared worker has started, in the group of the host or outside,${linux.reason}`,
  () => {
    test('ends with the host', async () => {
      const { started, servers } = await withServers();
      await started.stop();
      expect(servers.filter(isRunning)).toEqual([]);
    });

    test('is ended by the next host, where the host was killed, if it carries the mark', async () => {
      const { started, servers } = await withServers();
      process.kill(started.pid!, 'SIGKILL');
      await started.exited;
      await (await host()).stop();
      expect(isRunning(servers[1]!)).toBe(false);
    });
  },
);

test.runIf(linux.holds).each([
  ['in order', '', (started: Host) => started.stop()],
  ['by an error of the config', "process.once('SIGUSR2', () => { throw new Error('broken'); });", crash],
])(`what a config has started ends with a host that ends %s${linux.reason}`, async (_, line, end) => {
  const file = join(place().path, 'pid');
  const root = place().path;
  const lines = [
    "import { spawn } from 'node:child_process';",
    "import { writeFileSync } from 'node:fs';",
    "const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore', detached: true });",
    `writeFileSync(${JSON.stringify(file)}, String(server.pid));`,
    line,
    'export default {};',
  ];
  writeFileSync(join(root, 'carpool.config.mjs'), lines.join('\n'));
  const started = await host();
  await started.configured;
  const server = identified(Number(readFileSync(file, 'utf8')));
  await end(started);
  // The host ends it, or, where it could not, the runner's process after it.
  await expect.poll(() => isRunning(server), { timeout: 20_000 }).toBe(false);
});

async function crash({ pid, exited }: Host): Promise<void> {
  process.kill(pid!, 'SIGUSR2');
  await exited;
}

test.runIf(linux.holds)(`a run that is too short for a sweep finishes it before it ends${linux.reason}`, async () => {
  const { folder, left } = await killedHost();
  // The sweep has to wait for the kill: the process ignores SIGTERM.
  await (await host()).stop();
  expect(isRunning(left)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

describe('a host whose folder was removed while it lives', () => {
  test('makes it again at the beginning of the next run, with its sockets and its records', async () => {
    const started = await host();
    const folder = dirname(localPath(started.address));
    const before = await open(started, 'before.test.ts');
    const shared = await before.use('echo.mjs');
    expect(await ask(shared, 1)).toBe(1);
    const removed = `${place().path}/removed`;
    renameSync(folder, removed);
    await started.runStarted();
    await until('the shared worker listens again', () => existsSync(join(folder, 'w1')));
    expect(readdirSync(folder).toSorted((a, b) => a.localeCompare(b))).toEqual(['host.json', 'hub', 'w1']);
    expect(readFileSync(join(folder, 'host.json'))).toEqual(readFileSync(join(removed, 'host.json')));
    // Those who were connected still are; others can connect, and join the same shared worker.
    expect(await ask(shared, 2)).toBe(2);
    const after = await open(started, 'after.test.ts');
    expect(await ask(await after.use('echo.mjs'), 3)).toBe(3);
    await started.stop();
    expect(existsSync(folder)).toBe(false);
  });

  test('makes it again soon, within a run', async () => {
    const started = await host();
    const path = localPath(started.address);
    renameSync(dirname(path), `${place().path}/removed`);
    await until('it listens again', () => existsSync(path));
    const { use } = await open(started);
    expect(await ask(await use('echo.mjs'), 4)).toBe(4);
  });
});
