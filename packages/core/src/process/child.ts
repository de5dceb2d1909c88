/**
 * One child process of ours, in a process group of its own, from its start to the end of its last descendant.
 *
 * The orders in which Node tells about a child:
 *
 *   (throws)                  the arguments are not acceptable: E2BIG, ENOEXEC, a NUL byte      → not started
 *   error                     the system refused: ENOENT, EACCES, EMFILE, …; no exit follows    → not started
 *   spawn ─▶ exit             the usual life; exit may come in the same turn as spawn
 *   spawn ─▶ error ─▶ exit    a signal could not be sent; the child lives on until its exit
 *   exit ─▶ (never) close     a descendant holds the pipes open: so nothing here waits for `close`
 *   EPIPE ─▶ exit             a write met a child that was dying: the exit tells more, so the write says nothing
 *
 * Whether it started is known when `spawn()` returns: with a pid it did, and only the event is still to come. Nothing is
 * read from the pipes before the turn of the event loop ends, so whoever attaches to `output` when `startChild` resolves
 * misses nothing; what comes later is held until someone reads.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import type { Clock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import { resolveCommand } from './command.ts';
import { type EnvironmentSpec, childEnvironment, marker, variable } from './environment.ts';
import type { ExitStatus } from './exit.ts';
import { type ProcessIdentity, startTimeOf } from './identity.ts';
import type { StopDeadlines } from './ladder.ts';
import { type Attempt, checkBeforeSpawn, notStarted, reportedFailure } from './start-failure.ts';
import { OwnedChild } from './owned-child.ts';
import { killAtExit } from './reaper.ts';
import type { PidFiles } from './pid-files.ts';

/** Descriptors of the child: it reads messages from `in` and writes messages to `out`. */
export interface StdioPair {
  readonly in: number;
  readonly out: number;
}

/** What to start; plain data. */
export interface ChildSpec extends EnvironmentSpec {
  /** A name to look for in PATH, or a path, relative to `cwd`. */
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** Default: ours. */
  readonly cwd?: string | undefined;
  /** Default: `{ in: 0, out: 1 }`. With another pair stdin is empty, and stdout is kept like stderr. */
  readonly stdio?: StdioPair | undefined;
  /** The end of stderr is always kept; `forward` also passes all of it to `onStderr`. */
  readonly stderr?: 'keep' | 'forward' | undefined;
}

export interface ChildOptions {
  /** For error messages. */
  readonly pool?: string;
  readonly clock?: Clock;
  /** Where to record the child, so that it can be found if we are killed. */
  readonly started?: PidFiles;
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** Bytes of stderr, and of stdout where that is kept. Default: 16 KiB. */
  readonly tailBytes?: number;
  /** Milliseconds in which what is still in the pipes can be read after the exit. Default: 500. */
  readonly drainTimeout?: number;
}

export interface StopOptions {
  /** The protocol's way to ask for the end. Without it the ladder starts with the end of input. */
  readonly goodbye?: (() => void | Promise<void>) | undefined;
  readonly deadlines?: Partial<StopDeadlines> | undefined;
}

export interface Child extends ProcessIdentity {
  /** The file that was started, for `fingerprint`. */
  readonly file: string;
  /** To the child's `in`. */
  readonly input: Writable;
  /** From the child's `out`. */
  readonly output: Readable;
  /** Settles at the exit of the child itself, never rejects. Its output may still have to be read: see `drained`. */
  readonly exited: Promise<ExitStatus>;
  /** Settles after the exit, when all output has been read or given up: from then on the tails are complete. */
  readonly drained: Promise<void>;
  /** The status, once it has exited. */
  readonly status: ExitStatus | undefined;
  stderrTail(): string;
  /** Empty where stdout carries the messages. */
  stdoutTail(): string;
  /** Milliseconds since the start. */
  age(): number;
  /** Whether the child keeps our event loop running. It does at first. */
  ref(): void;
  unref(): void;
  /**
   * Climbs down the stop ladder, then ends what is left of the group. Joins a stop that is under way.
   * @throws CarpoolError CHILD_UNKILLABLE
   */
  stop(options?: StopOptions): Promise<ExitStatus>;
  /** `stop` from the last rung: SIGKILL now. Hurries a stop that is under way. */
  kill(): Promise<ExitStatus>;
}

const windows = process.platform === 'win32';

/**
 * Resolves when the child is running, whether or not it can talk yet.
 * @throws CarpoolError CHILD_NOT_STARTED with `{ command, cwd, path }` in its context
 */
export async function startChild(spec: ChildSpec, options: ChildOptions = {}): Promise<Child> {
  const { command } = spec;
  const pair = checkPair(spec.stdio ?? { in: 0, out: 1 });
  const cwd = resolve(spec.cwd ?? '.');
  const env = childEnvironment(spec);
  const path = variable(env, 'PATH') ?? variable(process.env, 'PATH');
  const attempt: Attempt = { pool: options.pool, command, cwd, resolution: resolveCommand(command, cwd, path) };
  const { file } = attempt.resolution;
  const foreseen = checkBeforeSpawn(attempt);
  if (foreseen !== undefined || file === undefined) throw foreseen ?? notStarted(attempt, 'it was not found');

  const id = randomBytes(16).toString('hex');
  const subprocess = attempted(attempt, () => spawn(file, spec, { cwd, env: { ...env, [marker]: id }, pair }));
  const { nodeChildProcess: node, pid } = subprocess;
  if (pid === undefined) throw reportedFailure(attempt, (await subprocess).cause);

  const identity = { pid, startTime: startTimeOf(pid) };
  const unwatch = killAtExit(pid);
  const child = new OwnedChild(node, {
    identity,
    file,
    pair,
    options,
    forward: spec.stderr === 'forward',
    killTree: () => subprocess.kill('SIGKILL'),
    onGone: () => {
      unwatch();
      options.started?.remove(id);
    },
  });
  try {
    options.started?.add({ ...identity, id, command });
  } catch (error) {
    await child.kill();
    throw notStarted(
      attempt,
      `it could not be recorded in ${options.started?.directory}, so it was ended again`,
      error,
    );
  }
  await once(node, 'spawn');
  return child;
}

/** execa looks at the arguments before it starts anything, and throws. */
function attempted<T>(attempt: Attempt, start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw reportedFailure(attempt, error);
  }
}

interface SpawnPlace {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly pair: StdioPair;
}

function spawn(file: string, spec: ChildSpec, { cwd, env, pair }: SpawnPlace) {
  return execa(file, spec.args ?? [], {
    cwd,
    env,
    stdio: stdioOf(pair),
    extendEnv: false,
    // We read the pipes ourselves, and no timer or `exit` handler but ours may end the child.
    buffer: false,
    reject: false,
    cleanup: false,
    forceKillAfterDelay: false,
    // POSIX: a group of its own, which is a session of its own too. Windows: `kill` ends the tree.
    killDescendants: true,
    // A program may look at the name it was called by; we start it by its full path.
    ...(windows ? {} : { argv0: spec.command }),
  });
}

function stdioOf(pair: StdioPair): ['pipe', 'pipe', 'pipe'] {
  const all = Array.from({ length: Math.max(3, pair.in + 1, pair.out + 1) }, (_, descriptor) => {
    if (descriptor === pair.in && descriptor > 2) return { value: 'pipe', input: true };
    const used = descriptor === pair.in || descriptor === pair.out || descriptor === 1 || descriptor === 2;
    return used ? 'pipe' : 'ignore';
  });
  // As far as execa's types go: its rows for further descriptors do not fit a list that is made at run time.
  return all as ['pipe', 'pipe', 'pipe'];
}

function checkPair(pair: StdioPair): StdioPair {
  const { in: input, out: output } = pair;
  const possible = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 64;
  if (possible(input) && possible(output) && input !== output && input !== 1 && input !== 2 && output !== 0)
    return pair;
  const found = `{ in: ${input}, out: ${output} }`;
  throw new CarpoolError(
    'CONFIG_INVALID',
    `Cannot use \`stdio\` ${found}: \`in\` is 0 or from 3 to 63, \`out\` is another one, from 1 to 63`,
    { context: { path: 'stdio', found: pair } },
  );
}
