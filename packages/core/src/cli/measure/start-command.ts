/** One start of a command, until it is ready. It is stopped again, whatever happens. */
import { systemClock } from '../../base/clock.ts';
import { Tail } from '../../base/tail.ts';
import { within } from '../../base/wait.ts';
import type { Child } from '../../process/child.ts';
import { startChild } from '../../process/start-child.ts';
import { waitUpTo } from '../../process/stop-ladder.ts';
import { OutputWatch, type Readiness } from './readiness.ts';
import { exitedTooEarly, notReadyInTime, type Attempt } from './start-errors.ts';
import { cpuOfEndedChildren, type Memory, type Usage, usageOfGroup } from '../../process/usage.ts';

export interface StartOptions {
  readonly readiness: Readiness;
  /** Milliseconds until it must be ready. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export interface Started extends Usage {
  /** Milliseconds from the start until it was ready. */
  readonly wall: number;
}

export interface Rehearsed extends Started {
  /** How the command is ready in fact: one that ends by itself is ready then. */
  readonly readiness: Readiness;
}

/** Milliseconds. Many programs do not notice the end of their input, and each start would wait for that. */
const deadlines = { endOfInput: 300, terminate: 2000, kill: 5000 };
/** Milliseconds between two looks at the memory of a command that ends by itself. */
const sampleEvery = 25;
/** Milliseconds for which a command that has printed something may still end by itself. */
const settle = { least: 500, most: 1000 };

/** @throws CarpoolError CHILD_NOT_STARTED, CHILD_EXITED, CHILD_NO_HELLO; the reason of `signal` */
export async function startCommand(command: readonly string[], options: StartOptions): Promise<Started> {
  await using run = await CommandRun.start(command, options);
  return await run.ready();
}

/**
 * The first start fills the caches of the system, so its time does not count. It finds out whether the command ends by
 * itself, and how much memory it takes if it does.
 * @throws CarpoolError as `startCommand`
 */
export async function rehearse(command: readonly string[], options: StartOptions): Promise<Rehearsed> {
  await using run = await CommandRun.start(command, options);
  using sampled = run.sampleMemory();
  const started = await run.ready();
  if (!(await run.endsByItself(started.wall))) return { ...started, readiness: options.readiness };
  return { ...started, memory: sampled.peak, readiness: { kind: 'exit' } };
}

interface Parts extends Attempt {
  readonly options: StartOptions;
  readonly child: Child;
  readonly watch: OutputWatch;
  /** When the command was started. */
  readonly began: number;
  readonly cpuBefore: number | undefined;
}

class CommandRun implements AsyncDisposable {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async start(command: readonly string[], options: StartOptions): Promise<CommandRun> {
    options.signal.throwIfAborted();
    const [file = '', ...args] = command;
    const watch = new OutputWatch(options.readiness, systemClock);
    const stdout = new Tail();
    const cpuBefore = cpuOfEndedChildren();
    const began = systemClock.now();
    const onStderr = (chunk: Uint8Array): void => watch.push('stderr', chunk);
    const child = await startChild({ command: file, args, stderr: 'forward' }, { onStderr });
    child.output.on('data', (chunk: Uint8Array) => {
      stdout.push(chunk);
      watch.push('stdout', chunk);
    });
    const { readiness } = options;
    return new CommandRun({ command, options, readiness, child, watch, stdout, began, cpuBefore });
  }

  async ready(): Promise<Started> {
    const { options, child, watch, began, cpuBefore } = this.#parts;
    const expired = (): Error => notReadyInTime(this.#parts, options.timeout);
    const exited = child.exited.then(() => systemClock.now());
    const sign = Promise.race([watch.seen, exited]);
    const at = await within(sign, { clock: systemClock, timeout: options.timeout, signal: options.signal, expired });
    const wall = at - began;
    const usage = usageOfGroup(child.pid);
    if (child.status === undefined) return { wall, ...usage };
    await this.#checkExit();
    const cpu = cpuOfEndedChildren();
    return { wall, cpu: cpu === undefined || cpuBefore === undefined ? undefined : cpu - cpuBefore, memory: undefined };
  }

  /** Keeps the most memory that the group has taken at one time, until it is disposed of. */
  sampleMemory(): Disposable & { readonly peak: Memory | undefined } {
    let peak: Memory | undefined;
    const sample = (): void => {
      const { memory } = usageOfGroup(this.#parts.child.pid);
      if (memory !== undefined && memory.total > (peak?.total ?? 0)) peak = memory;
    };
    const timer = setInterval(sample, sampleEvery);
    return {
      get peak() {
        return peak;
      },
      [Symbol.dispose]: () => clearInterval(timer),
    };
  }

  /** Ready by its first output, a command may be one that prints something and does its work then. */
  async endsByItself(wall: number): Promise<boolean> {
    const { options, child, readiness } = this.#parts;
    if (readiness.kind === 'exit') return true;
    if (readiness.pattern !== undefined) return false;
    const time = Math.min(settle.most, Math.max(settle.least, wall));
    await waitUpTo(time, child.exited, { clock: systemClock, force: options.signal });
    options.signal.throwIfAborted();
    if (child.status === undefined) return false;
    await this.#checkExit();
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.child.stop({ deadlines });
  }

  /** Its end is as good as a sign, unless it failed, or another sign was asked for and has not come. */
  async #checkExit(): Promise<void> {
    const { child, readiness, watch } = this.#parts;
    const { status } = child;
    if (status === undefined) return;
    // What it wrote last may still be in the pipes.
    await child.drained;
    const wantsPattern = readiness.kind === 'output' && readiness.pattern !== undefined;
    const fine = wantsPattern ? watch.over : status.kind === 'exited' && status.code === 0;
    if (!fine) throw exitedTooEarly(this.#parts, status);
  }
}
