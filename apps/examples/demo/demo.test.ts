/** The demo as a whole: both ways of both suites pass, it prints what they took, and it leaves nothing when it is interrupted. */
import { linux } from '@carpool/test-harness/programs';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';

interface Demo {
  readonly printed: Promise<readonly [code: number | null, stdout: string, stderr: string]>;
  interrupt(): void;
  /** What it has started, and itself. Linux only. */
  processes(): readonly number[];
}

function startDemo(...args: readonly string[]): Demo {
  const id = `DEMO_TEST=${randomUUID()}`;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, DEMO_TEST: id.slice('DEMO_TEST='.length) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const streams = Promise.all([text(child.stdout), text(child.stderr)]);
  return {
    printed: once(child, 'close').then(async ([code]) => [code as number | null, ...(await streams)] as const),
    interrupt: () => void child.kill('SIGINT'),
    processes: () => numbers('/proc').filter((pid) => read(`/proc/${pid}/environ`).includes(id)),
  };
}

const numbers = (folder: string): number[] =>
  readdirSync(folder)
    .map(Number)
    .filter((pid) => pid > 0);

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process has ended.
    return '';
  }
}

const places = (): string[] =>
  [tmpdir(), ...(process.platform === 'linux' ? ['/dev/shm'] : [])]
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.startsWith('carpool-demo-'));

test('both ways of both suites pass, and the tables say what they took', { timeout: 180_000 }, async () => {
  const before = places();
  const [code, stdout, stderr] = await startDemo('--quick', '--only', 'postgres,language-server').printed;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^45 tests in 8 files, of one round$/m);
  expect(stdout).toMatch(/^37 tests in 8 files, of one round$/m);
  expect(stdout.match(/^ +servers started +8 +1 +8.0 x less$/gm)).toHaveLength(2);
  expect(stdout.match(/^ +wall time +\d+\.\d s +\d+\.\d s/gm)).toHaveLength(2);
  expect(stdout).toMatch(/initdb and start, \d+\.\d s; migrations and data, \d+\.\d s/);
  expect(places()).toEqual(before);
});

test.runIf(linux.holds)(`one that is interrupted leaves nothing${linux.reason}`, { timeout: 180_000 }, async () => {
  const before = places();
  const demo = startDemo('--only', 'postgres');
  const isServer = (pid: number): boolean => /postgres\0-D/.test(read(`/proc/${pid}/cmdline`));
  while (!demo.processes().some(isServer)) await pause(20);
  demo.interrupt();
  const [code] = await demo.printed;
  expect(code).toBe(130);
  expect(demo.processes()).toEqual([]);
  expect(places()).toEqual(before);
});

test.for([
  { args: ['--rounds', 'many'], said: '--rounds is a number from 1 on, not "many"' },
  { args: ['--only', 'mysql'], said: '--only names some of postgres, language-server, runners, not "mysql"' },
])('$args is refused', async ({ args, said }) => {
  const [code, , stderr] = await startDemo(...args).printed;
  expect(code).toBe(1);
  expect(stderr).toContain(said);
});
