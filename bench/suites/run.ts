/** Runs a suite once: its wall time, and the processor time of all its processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argumentsOf, type SetUp } from './write.ts';

/** Of a whole run, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** User and system time of the runner and of all that it started and waited for: its workers, the host, the child. */
  readonly cpu: number;
}

/** @throws if a test failed */
export async function runSuite(setUp: SetUp, folder: string): Promise<Cost> {
  const output = join(folder, '.output');
  // The shell's `times` tells what its children have used, and theirs; Node cannot.
  const script = '"$@" >.output 2>&1; code=$?; times; exit $code';
  const started = performance.now();
  const shell = spawn('sh', ['-c', script, 'sh', process.execPath, ...argumentsOf(setUp)], {
    cwd: folder,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, NO_COLOR: '1', CI: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  shell.stdout.on('data', (chunk) => (printed += String(chunk)));
  const exited = once(shell, 'close');
  const [code] = (await exited) as [number];
  const wall = performance.now() - started;
  if (code !== 0) throw new Error(`The suite ${folder} failed:\n${readFileSync(output, 'utf8').slice(-3_000)}`);
  const [, children = ''] = printed.trim().split('\n');
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
  return { wall, cpu };
}
