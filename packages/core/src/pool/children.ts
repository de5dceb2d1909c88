/** The children of a pool: a supervisor for each, and what they share. */
import type { ReplayBook } from '../replay/replay-book.ts';
import type { PoolStats } from './types.ts';
import type { ChildStatus } from './status.ts';
import type { CarpoolError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import type { Timeline } from '../base/timeline.ts';
import type { Admission } from './admission.ts';
import type { ChildCap } from './child-cap.ts';
import { ChildFailures } from './child-failures.ts';
import { ChildSupervisor } from './child-supervisor.ts';
import type { SlotWait } from './slot-wait.ts';
import type { Generation, GenerationOptions } from './generation.ts';
import type { PoolSettings } from './options.ts';
import type { WatchedFiles } from '../process/files.ts';

export interface ChildrenOptions extends Omit<GenerationOptions, 'ended' | 'dying' | 'progress' | 'signal'> {
  /** Learns what becomes of each child. */
  readonly admission: Admission;
  /** A child takes no more sessions, or its slots are free again. */
  readonly changed: () => void;
  readonly cap?: ChildCap | undefined;
  /** As in `PoolEnvironment`. */
  readonly timeline?: Timeline | undefined;
  /** As in `PoolEnvironment`. */
  readonly failed?: ((error: CarpoolError) => void) | undefined;
}

export class Children {
  readonly #admission: Admission;
  readonly #failures: ChildFailures;
  readonly #stopped = new AbortController();
  readonly #capped: boolean;
  readonly #clock: Clock;
  readonly #settings: PoolSettings;
  readonly #supervisors: readonly ChildSupervisor[];
  readonly #replay: ReplayBook | undefined;

  constructor({ admission, changed, failed, ...options }: ChildrenOptions) {
    const { settings, clock, cap } = options;
    this.#capped = cap !== undefined;
    this.#clock = clock;
    this.#settings = settings;
    this.#replay = options.replay;
    const failures = new ChildFailures(settings, clock, failed);
    this.#admission = admission;
    this.#failures = failures;
    this.#supervisors = Array.from({ length: settings.children }, (_, number) => {
      const events = {
        starting: () => admission.starting(number),
        serving: () => admission.serving(number),
        retired: () => {
          admission.retired(number);
          changed();
        },
        gone: () => {
          admission.gone(number);
          changed();
          cap?.freed();
        },
      };
      return new ChildSupervisor({ ...options, signal: this.#stopped.signal, failures, events });
    });
  }

  /** Processes started since the beginning. */
  get started(): number {
    return this.#supervisors.reduce((sum, { started }) => sum + started, 0);
  }

  /** Processes that are there, or about to be: also those that finish their last sessions. */
  get places(): number {
    return this.#supervisors.reduce((sum, { living }) => sum + living, this.#admission.promised);
  }

  /** Of these, those that `stopIdle` has stopped. */
  get stopping(): number {
    return this.#supervisors.reduce((sum, { stopping }) => sum + stopping, 0);
  }

  /** Stops one that no session uses. False: there is none. */
  stopIdle(): boolean {
    return this.#supervisors.some((supervisor) => supervisor.stopIdle());
  }

  /** What one holds; how many processes failed, what the last of them failed with, how many took the place of another, how they started. */
  stats(): Pick<PoolStats, 'sessionsPerChild' | 'failures' | 'lastFailure' | 'restarts' | 'startTime' | 'replayed'> {
    const { givenPerChild: sessionsPerChild } = this.#settings;
    const restarts = this.#supervisors.reduce((sum, { started }) => sum + Math.max(started - 1, 0), 0);
    const { total: failures, last, startTime } = this.#failures;
    const replayed = this.#replay?.stats();
    return { sessionsPerChild, failures, lastFailure: last?.message, restarts, startTime, replayed };
  }

  /** Another run begins. */
  countAnew(): void {
    this.#replay?.countAnew();
  }

  /** The processes that run now, in the order of the children. */
  get pids(): number[] {
    return this.#supervisors.flatMap(({ pids }) => pids);
  }

  /** The processes that are there. */
  status(): ChildStatus[] {
    return this.#supervisors.flatMap((supervisor) => supervisor.status());
  }

  /** @param number as in `Slot` */
  at(number: number): ChildSupervisor {
    return this.#supervisors[number] as ChildSupervisor;
  }

  /** Resolves with the hello of a child; starts one if none is there. @param slots as a session, it waits for its turn */
  async start(slots: Pick<SlotWait, 'acquire'>): Promise<void> {
    // Where all are there for their last session, they have said hello.
    if (this.#supervisors.some((_, number) => this.#admission.maySpawn(number))) await this.#use(slots, noop);
  }

  /** Whether a child gives a sign of life; starts one if none is there. @param slots as in `start` */
  async probe(slots: Pick<SlotWait, 'acquire'>): Promise<{ readonly answers: boolean; readonly asked: boolean }> {
    return await this.#use(slots, async (generation) => ({
      answers: await generation.liveness.answers(),
      asked: generation.liveness.canBeAsked,
    }));
  }

  /** A child that is there, or else one more, which is not stopped meanwhile. */
  async #use<T>(slots: Pick<SlotWait, 'acquire'>, work: (generation: Generation) => T | Promise<T>): Promise<T> {
    const there = this.#supervisors.find(({ hasCurrent }) => hasCurrent);
    const turn =
      there === undefined && this.#capped ? await slots.acquire({ since: this.#clock.now(), options: {} }) : undefined;
    const free = this.#supervisors.findIndex((_, number) => this.#admission.maySpawn(number));
    const child = there ?? this.at(turn?.child ?? Math.max(0, free));
    const { signal } = this.#stopped;
    child.hold();
    try {
      const starting = signal.aborted ? Promise.reject(signal.reason as Error) : child.current();
      // From its start on the child counts itself, and its slots are those of sessions.
      if (turn !== undefined) this.#admission.release(turn);
      return await work(await starting);
    } finally {
      child.letGo();
    }
  }

  /** Idle children whose command or arguments have changed are replaced; one in use waits for a quiet moment. */
  replaceIfChanged(): void {
    for (const supervisor of this.#supervisors) supervisor.replaceIfChanged();
  }

  /** As `replaceIfChanged`, and looks at the globs of `watch`, too. */
  async replaceIfChangedAnywhere(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.replaceIfChangedAnywhere()));
  }

  /** What the children were started from. */
  get watched(): WatchedFiles {
    const all = this.#supervisors.map(({ watched }) => watched);
    const once = (paths: readonly string[]): string[] => [...new Set(paths)];
    return { files: once(all.flatMap(({ files }) => files)), globs: once(all.flatMap(({ globs }) => globs)) };
  }

  /** Earlier failures no longer count. */
  resetFailures(): void {
    this.#failures.reset();
  }

  /** Something is connected to a process that its end would break. */
  async inUse(): Promise<boolean> {
    const uses = await Promise.all(this.#supervisors.map((supervisor) => supervisor.inUse()));
    return uses.includes(true);
  }

  /**
   * Stops every process that is still there. A start that is under way fails with `reason`.
   * @throws CarpoolError CHILD_UNKILLABLE
   */
  async stopAll(reason: CarpoolError): Promise<void> {
    this.#stopped.abort(reason);
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.stopAll()));
  }
}
