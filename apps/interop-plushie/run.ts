/** One run of the checkout's Vitest. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, execute } from './execute.ts';
import type { Place, Run } from './plan.ts';
import type { CountedRenderer } from './renderer.ts';
import { resultOf, type Report, type RunResult } from './results.ts';

export interface Finished extends RunResult {
  /** Of the whole run, with the start of Vitest. */
  readonly seconds: number;
  readonly renderers: number;
}

export interface SuiteOptions {
  readonly project: string;
  readonly renderer: CountedRenderer;
  readonly place: Place;
  readonly run: Run;
}

/** A run of the suite, or of the SDK's integration tests, on the pool of a place, in two workers. */
export async function runSuite({ project, renderer, place, run }: SuiteOptions): Promise<Finished> {
  const own = place === 'own pool';
  const except = own || run.except === undefined ? [] : ['--testNamePattern', `^(?!.*${run.except})`];
  const env = {
    ...cleanEnvironment,
    PLUSHIE_BINARY_PATH: renderer.script,
    CARPOOL_INTEROP_STARTS: renderer.log,
    CARPOOL_INTEROP_PLACE: place,
    CARPOOL_INTEROP_MODE: run.mode,
    CARPOOL_INTEROP_FORMAT: run.format,
    // The SDK's own pool writes the goldens, ours compares.
    ...(own ? { PLUSHIE_UPDATE_SNAPSHOTS: '1' } : {}),
  };
  const before = renderer.starts;
  const workers = ['--maxWorkers', '2', '--minWorkers', '1'];
  const finished = await vitest(
    [run.files, '--config', 'carpool/vitest.config.ts', ...workers, ...except],
    project,
    env,
  );
  return { ...finished, renderers: renderer.starts - before };
}

/** The SDK's own tests that need no renderer, with its own config. Some of them expect that no renderer is set. */
export async function runUnitTests(project: string): Promise<Finished> {
  const finished = await vitest(['--exclude', 'test/integration/**'], project, cleanEnvironment);
  return { ...finished, renderers: 0 };
}

async function vitest(
  args: readonly string[],
  project: string,
  env: NodeJS.ProcessEnv,
): Promise<Omit<Finished, 'renderers'>> {
  const report = join(project, 'carpool-report.json');
  rmSync(report, { force: true });
  const program = join(project, 'node_modules/vitest/vitest.mjs');
  const since = performance.now();
  // 1: a test has failed.
  await execute([process.execPath, program, 'run', ...args, '--reporter=json', `--outputFile=${report}`], {
    cwd: project,
    env,
    allowed: [0, 1],
  });
  const seconds = (performance.now() - since) / 1000;
  return { ...resultOf(JSON.parse(readFileSync(report, 'utf8')) as Report), seconds };
}
