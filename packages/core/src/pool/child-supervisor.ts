/**
 * Decides which child serves new sessions. A child is replaced when it exits, its binary changes, too many slots are
 * quarantined, or `recycleAfter` is reached; it is stopped once its last session has closed.
 */
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { Clock } from '../base/clock.ts';
import { fingerprint, sameFingerprint, type Fingerprint } from '../process/files.ts';
import { Generation, type GenerationOptions } from './generation.ts';
import type { PoolSettings } from './options.ts';
import { RestartPolicy } from './restart.ts';

export interface ChildSupervisorOptions extends Omit<GenerationOptions, 'ended' | 'dying' | 'signal'> {
  /** The current child takes no more sessions: the next one begins with all slots free. */
  readonly succeeded: () => void;
}

export class ChildSupervisor {
  readonly #options: ChildSupervisorOptions;
  readonly #settings: PoolSettings;
  readonly #clock: Clock;
  readonly #restarts: RestartPolicy;
  readonly #living = new Set<Promise<Generation>>();
  readonly #stopped = new AbortController();
  #current: Promise<Generation> | undefined;
  #pid: number | undefined;
  #binary: { readonly file: string; readonly fingerprint: Fingerprint | undefined } | undefined;
  #lastFailure: CarpoolError | undefined;
  #sessions = 0;
  #started = 0;

  constructor(options: ChildSupervisorOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#restarts = new RestartPolicy(options.settings.restarts);
  }

  /** Children started since the beginning. */
  get started(): number {
    return this.#started;
  }

  /** Children that failed. */
  get failures(): number {
    return this.#restarts.total;
  }

  /** The pid of the current child. */
  get pid(): number | undefined {
    return this.#pid;
  }

  get serving(): boolean {
    return this.#current !== undefined;
  }

  /**
   * The child for new sessions: the running one, or a new one.
   * @throws CarpoolError POOL_GAVE_UP, and what the start of the child fails with
   */
  current(): Promise<Generation> {
    if (this.#current !== undefined) return this.#current;
    const gaveUp = this.#restarts.givesUp(this.#clock.now());
    if (gaveUp !== undefined) return Promise.reject(this.#gaveUpError(gaveUp));
    this.#current = this.#start();
    return this.#current;
  }

  /** Retires a child whose binary is another one than when it was started. */
  replaceIfChanged(): void {
    const binary = this.#binary;
    if (this.#current === undefined || binary === undefined) return;
    if (sameFingerprint(fingerprint(binary.file), binary.fingerprint)) return;
    this.#restarts.resetFailures();
    this.retire();
  }

  /** A session was opened on the current child; with the last of `recycleAfter` it is retired. */
  countSession(): void {
    this.#sessions++;
    if (this.#sessions >= this.#settings.recycleAfter) this.retire();
  }

  /** No new sessions for this child. It is stopped when its last one has ended. */
  retire(): void {
    const retired = this.#current;
    if (retired === undefined) return;
    this.#succeed();
    void retired.then((generation) => generation.drained().then(() => generation.stop())).catch(() => {});
  }

  /** No child keeps this process running. */
  unrefAll(): void {
    for (const generation of this.#living) void generation.then((living) => living.unref(), noop);
  }

  /** Earlier failures no longer count. */
  resetFailures(): void {
    this.#restarts.resetFailures();
  }

  /** Stops every child that is still there. A start that is under way fails with `reason`. */
  async stopAll(reason: CarpoolError): Promise<void> {
    this.#stopped.abort(reason);
    const generations = await Promise.allSettled(this.#living);
    await Promise.all(
      generations.map(async (settled) => (settled.status === 'fulfilled' ? settled.value.stop() : undefined)),
    );
  }

  #start(): Promise<Generation> {
    this.#started++;
    this.#sessions = 0;
    const starting: Promise<Generation> = Generation.start({
      ...this.#options,
      signal: this.#stopped.signal,
      dying: () => {
        // Before the hello the start itself fails, and reports why.
        if (this.#current === starting && this.#pid !== undefined) this.#succeed();
      },
      ended: (error) => {
        if (error !== undefined) this.#restarts.failed('life', this.#clock.now());
        this.#ended(starting, error);
      },
    });
    this.#living.add(starting);
    starting.then(
      ({ child }) => {
        this.#restarts.started();
        if (this.#current !== starting) return;
        this.#pid = child.pid;
        this.#binary = { file: child.file, fingerprint: fingerprint(child.file) };
      },
      (error: CarpoolError) => {
        const stopped = this.#stopped.signal.aborted;
        if (!stopped) this.#restarts.failed('start', this.#clock.now());
        this.#ended(starting, error);
      },
    );
    return starting;
  }

  #ended(generation: Promise<Generation>, error: CarpoolError | undefined): void {
    this.#living.delete(generation);
    this.#lastFailure = error ?? this.#lastFailure;
    if (this.#current === generation) this.#succeed();
  }

  #succeed(): void {
    this.#current = undefined;
    this.#pid = undefined;
    this.#options.succeeded();
  }

  #gaveUpError(why: string): CarpoolError {
    const { name } = this.#settings;
    const message = `Cannot register a session: pool "${name}" starts no more children, because ${why}`;
    return new CarpoolError('POOL_GAVE_UP', message, {
      context: { pool: name, failures: this.#restarts.total },
      evidence: this.#lastFailure?.evidence ?? {},
      cause: this.#lastFailure,
    });
  }
}
