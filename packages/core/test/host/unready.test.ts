// A host that is given up before it is ready: nothing of it stays, whatever it does.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { CarpoolError, toRecord } from '../../src/base/errors.ts';
import { machineHost } from '../../src/hosts/machine-host.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import { isRunning, startTimeOf } from '../../src/process/identity.ts';
import { census } from '../../src/testing/census.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('one that answers to no signal and has started something, when it has its folder', async () => {
  const { path } = place();
  const [file, pids] = [join(path, 'preload.cjs'), join(path, 'pids')];
  // What is no report gives it up at once, as 10 s without one do.
  writeFileSync(
    file,
    `const { spawn } = require('node:child_process');
    const { appendFileSync, readdirSync, writeSync } = require('node:fs');
    const { Server } = require('node:net');
    Server.prototype.listen = () => {
      const { pid } = spawn('sleep', ['1000'], { stdio: 'ignore' });
      appendFileSync(${JSON.stringify(pids)}, process.pid + ' ' + pid);
      writeSync(3, readdirSync(${JSON.stringify(path)}).filter((name) => /-[0-9a-f]{12}$/.test(name)).length + ' folder\\n');
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };`,
  );
  vi.stubEnv('TMPDIR', path);
  vi.stubEnv('NODE_OPTIONS', `--require ${file}`);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const error = await failure(startHost({ root: path }), 'HUB_UNREACHABLE');
  expect(error.message).toMatch(/^The host sent "1 folder" where a report belongs/);
  // Not later: nothing else waits for that.
  expect(census(path)).toEqual({ pids: [], folders: [] });
  const started = readFileSync(pids, 'utf8').split(' ').map(Number);
  expect(started).toHaveLength(2);
  for (const pid of started) expect(isRunning({ pid, startTime: startTimeOf(pid) })).toBe(false);
});

test('one that has ended by itself before', async () => {
  const { path } = place();
  const file = join(path, 'preload.cjs');
  writeFileSync(file, `require('node:net').Server.prototype.listen = () => process.kill(process.pid, 'SIGKILL');`);
  vi.stubEnv('TMPDIR', path);
  vi.stubEnv('NODE_OPTIONS', `--require ${file}`);
  const error = await failure(startHost({ root: path }), 'HUB_UNREACHABLE');
  expect(error.message).toBe('Cannot start the host process: it was killed by SIGKILL before it was ready');
  expect(census(path)).toEqual({ pids: [], folders: [] });
});

test('one of the machine that says it cannot serve, and does not end', async () => {
  const { path } = place();
  const file = join(path, 'preload.cjs');
  const report = { report: 'failed', error: toRecord(new CarpoolError('HUB_UNREACHABLE', 'Cannot serve')) };
  writeFileSync(
    file,
    `require('node:net').Server.prototype.listen = () => {
      require('node:fs').writeSync(3, ${JSON.stringify(`${JSON.stringify(report)}\n`)});
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };`,
  );
  vi.stubEnv('TMPDIR', path);
  vi.stubEnv('NODE_OPTIONS', `--require ${file}`);
  expect((await failure(machineHost(), 'HUB_UNREACHABLE')).message).toBe('Cannot serve');
  expect(census(path)).toEqual({ pids: [], folders: [] });
});
