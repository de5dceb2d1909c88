/** A running child: pipes, tails, the stop. child.ts has the interface. */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import type { Child, ChildOptions, Printed, StdioPair, StopOptions } from './child.ts';
import { type ExitStatus, describeExit } from './exit.ts';
import { type EndSignal, endAll, signalGroup } from './group.ts';
import { type ProcessIdentity, groupMembers } from './identity.ts';
import { type Rung, type RungName, type StopDeadlines, defaultDeadlines, descend } from './stop-ladder.ts';
import { endMarked } from './marked.ts';
import { drain, holdUntilRead } from './pipes.ts';
import type { SourceFiles } from './source-files.ts';
import { withoutRepeats } from '../base/repeats.ts';
import { LogTail } from '../base/log-tail.ts';
import { Tail } from '../base/tail.ts';

export interface Ownership {
  readonly identity: ProcessIdentity;
  /** What the child and its descendants carry in their environment. */
  readonly mark: string;
  readonly file: string;
  readonly sources: SourceFiles;
  readonly pair: StdioPair;
  readonly options: ChildOptions;
  readonly forward: boolean;
  /** No pipe carries messages: stdout is a log. */
  readonly logs: boolean;
  /** For Windows, which has no groups: ends the child and its descendants. */
  readonly killTree: () => void;
  /** Called when the child and its group are gone, as far as the system shows. */
  readonly onGone: () => Promise<void>;
}

export class OwnedChild implements Child {
  readonly pid: number;
  readonly startTime: string | undefined;
  readonly file: string;
  readonly sources: SourceFiles;
  readonly input: Writable;
  readonly output: Readable;
  readonly exited: Promise<ExitStatus>;
  readonly drained: Promise<void>;
  readonly #node: ChildProcess;
  readonly #own: Ownership;
  readonly #clock: Clock;
  readonly #since: number;
  readonly #stdout: Tail | LogTail;
  readonly #stderr: Tail | LogTail;
  readonly #force = new AbortController();
  /** Signals that were sent to the group. */
  readonly #sent = new Set<string>();
  #deadlines: StopDeadlines = defaultDeadlines;
  #status: ExitStatus | undefined;
  /** What is left of the group, and of what has left it, after the exit of its leader and all our signals. */
  #left: Promise<ProcessIdentity[]> | undefined;
  #stopped: Promise<ExitStatus> | undefined;

  constructor(node: ChildProcess, own: Ownership) {
    const { pair, options } = own;
    this.pid = own.identity.pid;
    this.startTime = own.identity.startTime;
    this.file = own.file;
    this.sources = own.sources;
    this.#node = node;
    this.#own = own;
    this.#clock = options.clock ?? systemClock;
    this.#since = this.#clock.now();

    this.input = node.stdio[pair.in] as Writable;
    this.output = node.stdio[pair.out] as Readable;
    holdUntilRead(this.output);
    const { logs, forward } = own;
    const log = (from: 'stdout' | 'stderr') => logs && ((chunk: Uint8Array) => options.onLog?.(chunk, from));
    const stdout = pair.out === 1 && !logs ? undefined : node.stdout;
    this.#stdout = keepTail(stdout, options, logs && forward, log('stdout'));
    this.#stderr = keepTail(pair.out === 2 ? undefined : node.stderr, options, forward, log('stderr'));
    // A broken pipe says only that the child is gone. The exit follows, and says why.
    for (const stream of node.stdio) stream?.on('error', () => {});
    node.on('error', () => {});

    this.exited = new Promise((resolve) => {
      node.once('exit', (code, signal) => resolve(this.#onExit(code, signal)));
    });
    const readables = [...new Set([this.output, node.stdout, node.stderr])].filter((stream) => stream !== null);
    this.drained = drain(readables, this.exited, { clock: this.#clock, timeout: options.drainTimeout ?? 500 });
  }

  get status(): ExitStatus | undefined {
    return this.#status;
  }

  get printed(): Printed {
    return { stdout: this.#stdout.total, stderr: this.#stderr.total };
  }

  stderrTail(since?: Printed): string {
    return withoutRepeats(this.#stderr.text(since?.stderr));
  }

  stdoutTail(since?: Printed): string {
    return withoutRepeats(this.#stdout.text(since?.stdout));
  }

  age(): number {
    return this.#clock.now() - this.#since;
  }

  // Bun's pipes have neither, and follow their process.
  ref(): void {
    this.#node.ref();
    for (const stream of this.#node.stdio) (stream as Partial<Socket> | null | undefined)?.ref?.();
  }

  unref(): void {
    this.#node.unref();
    for (const stream of this.#node.stdio) (stream as Partial<Socket> | null | undefined)?.unref?.();
  }

  stop(options: StopOptions = {}): Promise<ExitStatus> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  kill(): Promise<ExitStatus> {
    this.#force.abort();
    return this.stop();
  }

  async #stop({ goodbye, signal, deadlines }: StopOptions): Promise<ExitStatus> {
    const { goodbye: talk, endOfInput, terminate, kill } = (this.#deadlines = { ...defaultDeadlines, ...deadlines });
    // A stop that is awaited keeps the event loop running.
    this.ref();
    const rungs: Rung[] = [
      ...(goodbye === undefined ? [] : [{ name: 'goodbye', timeout: talk, act: goodbye } satisfies Rung]),
      ...(signal === undefined
        ? [{ name: 'end of input', timeout: endOfInput, act: () => void this.input.end() } satisfies Rung]
        : signal === 'SIGTERM'
          ? []
          : [{ name: signal, timeout: terminate, act: () => this.#signal(signal) } satisfies Rung]),
      { name: 'SIGTERM', timeout: terminate, act: () => this.#signal('SIGTERM') },
      { name: 'SIGKILL', timeout: kill, act: () => this.#signal('SIGKILL') },
    ];
    const tried = await descend(rungs, { exited: this.exited, force: this.#force.signal, clock: this.#clock });
    if (this.#status === undefined) throw this.#unkillable(tried, [this.pid]);
    const left = (await this.#left) ?? [];
    if (left.length > 0)
      throw this.#unkillable(
        [...tried, 'SIGTERM', 'SIGKILL'],
        left.map(({ pid }) => pid),
      );
    await this.drained;
    return this.#status;
  }

  #signal(signal: NodeJS.Signals): void {
    if (process.platform === 'win32') {
      this.#own.killTree();
    } else if (signal === 'SIGKILL' || !this.#sent.has(signal)) {
      // To many programs a second SIGTERM means "do not clean up", so each group gets one.
      signalGroup(this.pid, signal);
    }
    this.#sent.add(signal);
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
    const status = this.#toStatus(code, signal);
    this.#status = status;
    this.input.destroy();
    this.#left = this.#endDescendants();
    return status;
  }

  #toStatus(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
    if (signal === null) return { kind: 'exited', code: code ?? 0 };
    return this.#sent.has(signal) ? { kind: 'signalled', signal, by: 'carpool' } : { kind: 'signalled', signal };
  }

  /**
   * Ends the descendants that the child has left in its group, then those that have left the group, by their mark. It looks
   * first in the turn in which Node collected the child, when the system cannot have reused the number yet; while a member
   * lives, it never does.
   */
  async #endDescendants(): Promise<ProcessIdentity[]> {
    const { terminate, kill } = this.#deadlines;
    const ending = { terminate, kill, clock: this.#clock, force: this.#force.signal };
    const members = await endAll(
      () => groupMembers(this.pid),
      (signal) => this.#signal(signal),
      ending,
    );
    const left = members.length > 0 ? members : await endMarked(this.#own.mark, { since: this.startTime, ...ending });
    // The record of what could not be ended stays for the next sweep.
    if (left.length === 0) await this.#own.onGone();
    return left;
  }

  #unkillable(rungs: readonly (RungName | EndSignal)[], pids: readonly number[]): CarpoolError {
    const what = this.#status === undefined ? `the child with pid ${this.pid}` : 'what the child left running';
    const tried = [...new Set(rungs)];
    return new CarpoolError(
      'CHILD_UNKILLABLE',
      `Cannot stop ${what}: still there after ${tried.join(', ')}: pid ${pids.join(', ')}`,
      {
        context: { pid: this.pid, pids, rungs: tried },
        evidence: {
          stderr: this.stderrTail(),
          ...(this.#status === undefined ? {} : { exit: describeExit(this.#status) }),
        },
      },
    );
  }
}

function keepTail(
  readable: Readable | null | undefined,
  options: ChildOptions,
  forward: boolean,
  log: false | ((chunk: Uint8Array) => void),
): Tail | LogTail {
  const { logLeavesOut, tailBytes } = options;
  const tail = log === false || logLeavesOut === undefined ? new Tail(tailBytes) : new LogTail(logLeavesOut, tailBytes);
  readable?.on('data', (chunk: Uint8Array) => {
    tail.push(chunk);
    if (forward) options.onStderr?.(chunk);
    if (log !== false) log(chunk);
  });
  return tail;
}
