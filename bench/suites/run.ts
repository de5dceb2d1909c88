/** Runs a suite once: its wall time and the processor time of all its processes, or the memory that they take together. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { treeMebibytes } from '../processes.ts';
import { argumentsOf, type SetUp } from './write.ts';

/** Of a whole run, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** User and system time of the runner and of all that it started and waited for: its workers, the host, the child. */
  readonly cpu: number;
}

/** @throws if a test failed */
export async function runSuite(setUp: SetUp, folder: string): Promise<Cost> {
  return run(setUp, folder).cost;
}

/**
 * The most memory, in MiB, that the runner and all its descendants had at one of many moments. Looking takes processor time
 * from the suite, so the run says nothing about its cost.
 *
 * @throws if a test failed
 */
export async function peakMemory(setUp: SetUp, folder: string): Promise<number> {
  const { pid, cost } = run(setUp, folder);
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, treeMebibytes(pid))), 30);
  await cost.finally(() => clearInterval(timer));
  return peak;
}

function run(setUp: SetUp, folder: string): { readonly pid: number; readonly cost: Promise<Cost> } {
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
  const cost = async (): Promise<Cost> => {
    const [code] = (await once(shell, 'close')) as [number];
    const wall = performance.now() - started;
    if (code !== 0) {
      const output = readFileSync(join(folder, '.output'), 'utf8');
      throw new Error(`The suite ${folder} failed:\n${output.slice(-3_000)}`);
    }
    return { wall, cpu: childrenTime(printed) };
  };
  return { pid: shell.pid ?? 0, cost: cost() };
}

/** From the second line of what `times` prints, in milliseconds. */
function childrenTime(times: string): number {
  const [, children = ''] = times.trim().split('\n');
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
}
