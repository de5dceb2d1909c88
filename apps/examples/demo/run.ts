/** One run of one form of the suite, as `vitest run` does it, and what it took. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { reportMark, type Report } from './reporter.ts';
import { ProcessWatch, type Watched } from './processes.ts';

export interface Run {
  readonly passed: number;
  readonly skipped: number;
  readonly files: number;
  /** Seconds from the start of Vitest to its exit. */
  readonly wall: number;
  /** As the form itself reports. */
  readonly renderers: number;
  /** Undefined where the system does not report it. */
  readonly watched: Watched | undefined;
}

const folder = join(import.meta.dirname, '..');
const reporter = join(import.meta.dirname, 'reporter.ts');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** @throws Error that says which tests failed */
export async function run(config: string, env: Record<string, string> = {}): Promise<Run> {
  const id = randomUUID();
  const args = [vitest, 'run', 'tests/', '--config', config, `--reporter=${reporter}`];
  const watch = process.platform === 'linux' ? new ProcessWatch(`CARPOOL_DEMO=${id}`) : undefined;
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_DEBUG: 'renderer', CARPOOL_DEMO: id },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const wall = (performance.now() - began) / 1000;
  const watched = await watch?.end();
  const printed = Buffer.concat(stdout).toString();
  const output = `${printed}\n${Buffer.concat(stderr).toString()}`;
  const { passed, skipped, files, failures } = reportIn(printed, output);
  if (code !== 0 || failures.length > 0 || passed === 0) throw new Error(failures.join('\n\n') || output);
  return { passed, skipped, files, wall, renderers: renderersIn(output), watched };
}

function reportIn(printed: string, output: string): Report {
  const line = printed.split('\n').find((candidate) => candidate.startsWith(reportMark));
  if (line === undefined) throw new Error(`Vitest printed no report:\n${output}`);
  return JSON.parse(line.slice(reportMark.length)) as Report;
}

/** One line for each renderer that was started by hand, one line with their number from Carpool. */
function renderersIn(output: string): number {
  const byHand = output.match(/^RENDERER \d+: started \d+$/gm)?.length ?? 0;
  const [, shared] = /^carpool: renderer: (\d+) child/m.exec(output) ?? [];
  return byHand + Number(shared ?? 0);
}
