// A runner that is killed, whenever and however: its host ends the children, and nothing of either remains.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { census } from '../../src/testing/census.ts';
import { expectEmpty, programPath } from '../support/pools.ts';
import { scriptIn, type Script } from '../support/scripts.ts';

/** Runs the runner with a program of test/programs in a folder of its own, in which the census is taken at the end. */
async function withRunner(program: string, body: (runner: Script, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cp-'));
  const [name = '', ...flags] = program.split(' ');
  const runner = scriptIn(folder, 'runner', [programPath(name), ...flags]);
  try {
    await body(runner, folder);
  } finally {
    await runner.close();
    await expectEmpty(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('a runner that is ended by %s', (signal) => {
  test.concurrent.each([
    ['before its host is ready', 'spawned', 'echo'],
    ['when its host is ready', 'ready', 'echo'],
    ['while its child starts', 'child', 'slow-start --delay=500'],
    ['while its child says no hello', 'child', 'never-hello'],
    ['while a session is open', 'open', 'echo'],
    ['while a session is open on a child that ignores everything', 'open', 'ignores-everything'],
    ['while a session is open on a child that has children of its own', 'open', 'forks-grandchild --stubborn'],
  ])('%s leaves nothing', async (_, moment, program) => {
    await withRunner(program, async (runner) => {
      await runner.said(moment);
      runner.process.kill(signal);
      expect(await runner.exited).toBe(signal);
    });
  });

  test.concurrent('while it stops its host leaves nothing', async () => {
    await withRunner('ignores-everything', async (runner) => {
      await runner.said('open');
      runner.process.stdin?.write('go on\n');
      await runner.said('stopping');
      runner.process.kill(signal);
      expect(await runner.exited).toBe(signal);
    });
  });
});

test('a runner that stops its host leaves nothing, and the census sees what is there until then', async () => {
  await withRunner('echo', async (runner, folder) => {
    await runner.said('open');
    const { pids, folders } = census(folder);
    expect([pids.length, folders.length]).toEqual([2, 1]);
    runner.process.stdin?.end('go on\n');
    expect(await runner.exited).toBe(0);
    expect(runner.lines.at(-1)).toBe('stopped');
  });
});
