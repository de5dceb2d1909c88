/**
 * Decides which generation of one child serves new sessions. A generation is replaced when it exits, its files change,
 * too many slots are quarantined, or `recycleAfter` is reached; it is stopped once its last session has closed, or when it
 * was idle for `idleTimeout`.
 */
import { asCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { Timer } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { asNotStarted } from '../base/not-started.ts';
import type { Timeline } from '../base/timeline.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { ChildFailures } from './child-failures.ts';
import type { ChildStatus } from './status.ts';
import { Generation, type GenerationOptions } from './generation.ts';
import { childEvent, startTimeOf, type Life } from './life.ts';
import type { Silence } from './silence.ts';
import { noticeStart } from './start-notice.ts';
import { StartProgress } from './start-progress.ts';
import { untilReplaceable } from './until-unused.ts';

/** What the slots of the child follow. */
export interface ChildEvents {
  starting(): void;
  /** It has said hello. */
  serving(): void;
  /** The current generation takes no more sessions. */
  retired(): void;
  /** A retired generation has ended, with all its descendants, as far as they can be ended. */
  gone(): void;
}

export interface ChildSupervisorOptions extends Omit<GenerationOptions, 'ended' | 'dying' | 'progress'> {
  readonly failures: ChildFailures;
  readonly events: ChildEvents;
  readonly timeline?: Timeline | undefined;
  /** Where others wait for the start of a child, an idle one is stopped. */
  readonly cap?: { idled(): void; readonly isWanted: boolean } | undefined;
}

export class ChildSupervisor {
  readonly #options: ChildSupervisorOptions;
  readonly #living = new Set<Life>();
  #current: Life | undefined;
  /** Calls and sessions that hold a slot of it. */
  #held = 0;
  #idleTimer: Timer | undefined;
  #started = 0;
  #watched: WatchedFiles = { files: [], globs: [] };

  constructor(options: ChildSupervisorOptions) {
    this.#options = options;
  }

  /** Processes started since the beginning. One that could not be started is none. */
  get started(): number {
    return this.#started;
  }

  /** The processes that run now, from the hello to the end of the output, the oldest first. */
  get pids(): number[] {
    return [...this.#living].flatMap(({ generation, dying }) => (dying ? [] : (generation?.pid ?? [])));
  }

  /** Processes that are there, or about to be. */
  get living(): number {
    return this.#living.size;
  }

  /** Of these, those that `stopIdle` has stopped. */
  get stopping(): number {
    return [...this.#living].filter(({ leaves }) => leaves === true).length;
  }

  /** False: there is none, it is used, or it is about to say hello. */
  stopIdle(): boolean {
    const life = this.#current;
    if (this.#held > 0 || life?.generation === undefined) return false;
    life.leaves = true;
    this.#idleTimer?.cancel();
    this.retire();
    return true;
  }

  /** Its processes, the oldest first. */
  status(): ChildStatus[] {
    const { clock, settings } = this.#options;
    return [...this.#living].map((life) => {
      const { generation, number, progress } = life;
      return {
        pid: generation?.pid,
        state: this.#current !== life ? 'ending' : generation === undefined ? 'starting' : 'serving',
        generation: number,
        age: Math.round(clock.now() - progress.since),
        startup: startTimeOf(life),
        sessions: generation?.sessions ?? 0,
        messages: generation?.messages ?? 0,
        slots: settings.sessionsPerChild,
        heldBack: this.#current === life ? generation?.liveness.heldBack : undefined,
      };
    });
  }

  /** Of its start, while it starts. */
  get progress(): StartProgress | undefined {
    return this.#current?.generation === undefined ? this.#current?.progress : undefined;
  }

  get hasCurrent(): boolean {
    return this.#current !== undefined;
  }

  /**
   * The generation for new sessions: the running one, or a new one.
   * @throws CarpoolError POOL_GAVE_UP, and what the start of the child fails with
   */
  current(): Promise<Generation> {
    if (this.#current !== undefined) return this.#current.starting;
    const gaveUp = this.#options.failures.gaveUp();
    return gaveUp === undefined ? this.#start() : Promise.reject(gaveUp);
  }

  /** As `current`, for no session: without one the child is idle from its hello on. */
  async warmUp(): Promise<void> {
    await this.current();
    if (this.#held === 0) this.#becomeIdle();
  }

  /** A call or a session took a slot. */
  hold(): void {
    this.#held++;
    this.#idleTimer?.cancel();
  }

  /** A call or a session gave its slot back. */
  letGo(): void {
    this.#held--;
    if (this.#held === 0) this.#becomeIdle();
  }

  /** What the last child was started from; nothing before the first has said hello. */
  get watched(): WatchedFiles {
    return this.#watched;
  }

  /** Retires an idle generation whose command, or a file among its arguments, is another one than at its start. */
  replaceIfChanged(): void {
    const life = this.#held === 0 ? this.#current : undefined;
    if (life?.generation?.child.sources.changed() === true) this.#replaceIfIdle(life);
  }

  /** As `replaceIfChanged`, and looks at the globs of `watch`, too. */
  async replaceIfChangedAnywhere(): Promise<void> {
    const life = this.#current;
    if (this.#held > 0 || (await life?.generation?.child.sources.changedAnywhere()) !== true) return;
    this.#replaceIfIdle(life);
  }

  /** A session is being opened on this generation; with the last of `recycleAfter` it is retired. */
  countSession(generation: Generation): void {
    const life = this.#current;
    if (life?.generation !== generation) return;
    life.sessions++;
    if (life.sessions >= this.#options.settings.recycleAfter) this.retire();
  }

  /** No new sessions for this generation. It is stopped when its last one has ended. */
  retire(): void {
    const life = this.#current;
    if (life === undefined) return;
    this.#succeed();
    const stop = async (generation: Generation): Promise<void> => {
      await generation.drained();
      await untilReplaceable(generation, this.#options);
      await this.#stop(life, generation);
    };
    void life.starting.then(stop, noop); // a failed start is reported where it fails
  }

  /** A generation that answers nothing any more: the next one takes its place at once, and if that is proven, its sessions fail. */
  replaceSilent(generation: Generation, silence: Silence): void {
    const life = [...this.#living].find((other) => other.generation === generation);
    // It has died meanwhile.
    if (life === undefined || life.dying) return;
    if (this.#current === life) this.retire();
    // Its other sessions may still be served.
    const { verdict } = silence;
    const isLeft = verdict === 'doubt' || (verdict === 'unproven' && generation.sessions > 0);
    if (!isLeft) generation.liveness.kill(silence);
    else if (generation.liveness.leave(silence)) void this.#stop(life, generation);
  }

  /** Something is connected to one of its processes that the end of that would break. */
  async inUse(): Promise<boolean> {
    const uses = await Promise.all([...this.#living].map(async ({ generation }) => await generation?.inUse()));
    return uses.includes(true);
  }

  /** Stops every generation that is still there. @throws CarpoolError CHILD_UNKILLABLE */
  async stopAll(): Promise<void> {
    this.#idleTimer?.cancel();
    const starts = await Promise.allSettled([...this.#living].map(({ starting }) => starting));
    const generations = starts.flatMap((start) => (start.status === 'fulfilled' ? start.value : []));
    await Promise.all(generations.map((generation) => generation.stop()));
  }

  #start(): Promise<Generation> {
    const { failures, events, signal } = this.#options;
    const number = ++this.#started;
    const progress = new StartProgress(this.#options.clock.now());
    const starting = Generation.start({
      ...this.#options,
      progress,
      dying: () => {
        life.dying = true;
        // Before the hello the start itself fails, and reports why.
        if (life.generation !== undefined) this.#succeedIf(life);
      },
      ended: (error, kind) => {
        if (error !== undefined) failures.failed(kind, error);
        this.#ended(life, error);
      },
    }).catch((thrown: unknown) => {
      // The end of the pool is none of its failures.
      throw signal.aborted ? thrown : asNotStarted(thrown);
    });
    const life: Life = { number, progress, starting, dying: false, sessions: 0 };
    this.#current = life;
    this.#living.add(life);
    events.starting();
    noticeStart(starting, this.#options);
    starting.then(
      (generation) => {
        life.generation = generation;
        life.readyAt = this.#options.clock.now();
        failures.started(startTimeOf(life));
        this.#watched = generation.child.sources.watched;
        if (this.#current === life) events.serving();
        // The call that it was started for has given up meanwhile.
        if (this.#held === 0) this.#becomeIdle();
      },
      (error: CarpoolError) => {
        if (error.code === 'CHILD_NOT_STARTED') this.#started--;
        if (!signal.aborted) failures.failed('start', error);
        this.#ended(life, signal.aborted ? undefined : error);
      },
    );
    return starting;
  }

  #ended(life: Life, error: CarpoolError | undefined): void {
    const { timeline, settings, clock } = this.#options;
    timeline?.add(childEvent(settings.name, life, clock.now(), error));
    this.#living.delete(life);
    this.#succeedIf(life);
    const gone = (): void => this.#options.events.gone();
    // A start that failed has left nothing behind; a child that has exited may have left descendants.
    void life.starting.then((generation) => this.#stop(life, generation), gone);
  }

  /** Resolves when it is gone. One that cannot be ended is given up, and counts as a failure. */
  #stop(life: Life, generation: Generation): Promise<void> {
    life.stopping ??= generation
      .stop()
      .catch((thrown: unknown) => {
        life.leaves = false;
        this.#options.failures.failed('life', asCarpoolError(thrown, 'CHILD_UNKILLABLE', 'Cannot stop a child'));
      })
      .then(() => this.#options.events.gone());
    return life.stopping;
  }

  #replaceIfIdle(life: Life | undefined): void {
    // One that is in use is looked at again when it is idle.
    if (life === undefined || this.#current !== life || this.#held > 0) return;
    this.#options.failures.reset();
    this.retire();
  }

  #succeedIf(life: Life): void {
    if (this.#current === life) this.#succeed();
  }

  #succeed(): void {
    this.#current = undefined;
    this.#options.events.retired();
  }

  /** Nothing of it keeps this process running, and it is stopped after a while. */
  #becomeIdle(): void {
    this.#idleTimer?.cancel();
    for (const { starting } of this.#living) void starting.then((generation) => generation.unref(), noop);
    const { settings, clock, cap } = this.#options;
    cap?.idled();
    if (!Number.isFinite(settings.idleTimeout) || this.#current === undefined) return;
    this.#idleTimer = clock.after(settings.idleTimeout, () => {
      if (this.#held === 0) this.retire();
    });
    this.#idleTimer.unref();
  }
}
