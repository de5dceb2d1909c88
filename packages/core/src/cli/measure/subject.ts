/** What is measured: a command, or a pool of the config. */
import { CarpoolError, isCarpoolError } from '../../base/errors.ts';
import { loadConfig } from '../../config/load.ts';
import type { Progress } from './progress.ts';
import { describeReadiness, type Readiness } from './readiness.ts';
import { repeat, type Repeated } from './repeat.ts';
import { rehearse, startCommand, type Started } from './start-command.ts';
import { measuredPool } from './start-pool.ts';

export interface SubjectOptions {
  /** Instead of a command: a pool of the config. */
  readonly pool?: string | undefined;
  /** A config file, for the pool, instead of the nearest one. */
  readonly config?: string | undefined;
  /** What the command prints when it is ready. */
  readonly ready?: RegExp | undefined;
  /** The command is ready when it has ended. */
  readonly untilExit?: boolean | undefined;
  /** Milliseconds until the command must be ready. */
  readonly timeout: number;
  /** How often it is started, after a first time. */
  readonly runs: number;
}

export interface Subject {
  readonly subject: string;
  readonly ready: string;
  readonly endsByItself: boolean;
  readonly process: Repeated;
}

export interface Running {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** @throws CarpoolError CONFIG_INVALID, CHILD_*, HUB_UNREACHABLE; the reason of the signal */
export async function measureSubject(
  command: readonly string[],
  options: SubjectOptions,
  running: Running,
): Promise<Subject> {
  const { pool } = options;
  checkOptions(command, options);
  running.progress.show('a first start');
  return pool === undefined
    ? await measureCommand(command, options, running)
    : await measurePool(pool, options, running);
}

async function measurePool(name: string, options: SubjectOptions, running: Running): Promise<Subject> {
  const pool = await measuredPool(name, options.config);
  const once = (): Promise<Started> => pool.start(running.signal);
  // The first start fills the caches of the system, and loads the codec.
  await once();
  return {
    subject: `the pool ${JSON.stringify(name)}`,
    ready: pool.hasHello ? 'at its hello' : 'when its first session has closed, because the pool has no hello',
    endsByItself: false,
    process: await repeatedly(once, options, running),
  };
}

async function measureCommand(command: readonly string[], options: SubjectOptions, running: Running): Promise<Subject> {
  const { ready: pattern, untilExit = false, timeout } = options;
  const { signal } = running;
  const wanted: Readiness = untilExit ? { kind: 'exit' } : { kind: 'output', pattern };
  const { readiness, memory } = await rehearse(command, { readiness: wanted, timeout, signal }).catch(
    (thrown: unknown) => notStarted(command, thrown),
  );
  const process = await repeatedly(() => startCommand(command, { readiness, timeout, signal }), options, running);
  const endsByItself = readiness.kind === 'exit';
  return {
    subject: command.join(' '),
    ready: describeReadiness(readiness),
    endsByItself,
    // A process that is gone shows no memory: its peak was sampled in the first run.
    process: endsByItself ? { ...process, memory } : process,
  };
}

/** A command of one word may be the name of a pool. @throws that, else `thrown` */
async function notStarted([name = '', ...others]: readonly string[], thrown: unknown): Promise<never> {
  if (others.length > 0 || !isCarpoolError(thrown, 'CHILD_NOT_STARTED')) throw thrown;
  const known = await loadConfig({ root: process.cwd(), configFile: undefined }).catch(() => undefined);
  if (known === undefined || !Object.hasOwn(known.pools, name)) throw thrown;
  throw invalid(
    `there is no program ${JSON.stringify(name)}, but the config has a pool of that name; write --pool ${name}`,
  );
}

function repeatedly(once: () => Promise<Started>, { runs }: SubjectOptions, { progress }: Running): Promise<Repeated> {
  return repeat(once, { runs, progress: (run) => progress.show(`start ${run} of ${runs}`) });
}

function checkOptions(command: readonly string[], { pool, config, ready, untilExit }: SubjectOptions): void {
  if (pool === undefined && command.length === 0)
    throw invalid('there is nothing to start; give a command after --, or a pool with --pool');
  if (pool === undefined && config !== undefined) throw invalid('--config is for --pool; a command needs none');
  if (pool !== undefined && command.length > 0) throw invalid('there are a command and --pool; give one of them');
  if (pool !== undefined && (ready !== undefined || untilExit === true))
    throw invalid('--ready and --until-exit are for a command; a pool says itself when it is ready');
  if (ready !== undefined && untilExit === true) throw invalid('--ready and --until-exit exclude each other');
}

function invalid(why: string): CarpoolError {
  return new CarpoolError('CONFIG_INVALID', `Cannot measure: ${why}`);
}
