/**
 * One child process, in its own process group, from its start to the end of its last descendant.
 *
 * The orders in which Node reports the life of a child:
 *
 *   (throws)                  the arguments are not acceptable: E2BIG, ENOEXEC, a NUL byte      → not started
 *   error                     the system refused: ENOENT, EACCES, EMFILE, …; no exit follows    → not started
 *   spawn ─▶ exit             the usual life; exit may come in the same turn as spawn
 *   spawn ─▶ error ─▶ exit    a signal could not be sent; the child lives on until its exit
 *   exit ─▶ (never) close     a descendant holds the pipes open: so nothing here waits for `close`
 *   EPIPE ─▶ exit             a write met a child that was dying: the exit says more, so the write reports nothing
 *
 * start-child.ts starts one, owned-child.ts is what it is from then on.
 */
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { EnvironmentSpec } from './environment.ts';
import type { ExitStatus } from './exit.ts';
import type { ProcessIdentity } from './identity.ts';
import type { StopDeadlines } from './stop-ladder.ts';
import type { PidFiles } from './pid-files.ts';
import type { SourceFiles, Watch } from './source-files.ts';

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
  /** Default: that of this process. */
  readonly cwd?: string | undefined;
  /**
   * Default: `{ in: 0, out: 1 }`. With another pair stdin is empty, and stdout is kept like stderr. `logs`: the child speaks
   * no protocol on its pipes, and both stdout and stderr are kept; stdin stays open until its end.
   */
  readonly stdio?: StdioPair | 'logs' | undefined;
  /** Default `keep`: the end of stderr, for errors. `forward` also passes all of it to `onStderr`. */
  readonly stderr?: 'keep' | 'forward' | undefined;
  /** Another user, and group, as whom it runs; only root may ask for that. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Which files `Child.sources` has. Default true: the command, and the files among the arguments. */
  readonly watch?: Watch | undefined;
  /** The folder that the globs of `watch` are relative to. Default: `cwd`. */
  readonly watchFolder?: string | undefined;
  /** Those of `args` among which files are looked for. Default: all. */
  readonly sourceArgs?: readonly string[] | undefined;
}

export interface ChildOptions {
  /** For error messages. */
  readonly pool?: string;
  readonly clock?: Clock | undefined;
  /** Records the child, so that the next host finds it if this process is killed. */
  readonly started?: PidFiles | undefined;
  readonly onStderr?: ((chunk: Uint8Array) => void) | undefined;
  /** With `stdio: 'logs'`: what it prints, as it comes. */
  readonly onLog?: ((chunk: Uint8Array, from: 'stdout' | 'stderr') => void) | undefined;
  /** Called when the child and all that it started are gone; its stop waits for it. */
  readonly gone?: (() => Promise<void>) | undefined;
  /** With `stdio: 'logs'`: lines that match are not kept. Default: all are. */
  readonly logLeavesOut?: RegExp | undefined;
  /** Bytes of stderr, and of stdout where that is kept. Default: 16 KiB. */
  readonly tailBytes?: number;
  /** Milliseconds after the exit for reading what is still in the pipes. Default: 500. */
  readonly drainTimeout?: number;
}

export interface StopOptions {
  /** In place of the end of input: this signal is the first rung after the goodbye. */
  readonly signal?: NodeJS.Signals | undefined;
  /** How the protocol asks for the end. Without it the ladder starts with the end of input. */
  readonly goodbye?: (() => void | Promise<void>) | undefined;
  readonly deadlines?: Partial<StopDeadlines> | undefined;
}

/** A place in what a child prints, in bytes. */
export interface Printed {
  readonly stdout: number;
  readonly stderr: number;
}

export interface Child extends ProcessIdentity {
  /** The file that was started. */
  readonly file: string;
  /** What it was started from, as that was before the start. */
  readonly sources: SourceFiles;
  /** To the child's `in`. */
  readonly input: Writable;
  /** From the child's `out`. */
  readonly output: Readable;
  /** Settles when the child itself exits; never rejects. There may be output to read still: see `drained`. */
  readonly exited: Promise<ExitStatus>;
  /** Settles after the exit, when all output has been read or destroyed: the tails are complete then. */
  readonly drained: Promise<void>;
  /** The status, once it has exited. */
  readonly status: ExitStatus | undefined;
  /** How much it has printed so far. */
  readonly printed: Printed;
  /**
   * The end of it. A line that follows itself stands once, with how often it came.
   * @param since what was printed before that is left out
   */
  stderrTail(since?: Printed): string;
  /** As `stderrTail`. Empty where stdout carries messages. */
  stdoutTail(since?: Printed): string;
  /** Milliseconds since the start. */
  age(): number;
  /** The child keeps the event loop running, as it does from the start. */
  ref(): void;
  unref(): void;
  /**
   * Descends the stop ladder, then ends what is left of the group. A second call joins the first.
   * @throws CarpoolError CHILD_UNKILLABLE
   */
  stop(options?: StopOptions): Promise<ExitStatus>;
  /** Skips to the last rung, SIGKILL, also in a stop that is under way. */
  kill(): Promise<ExitStatus>;
}
