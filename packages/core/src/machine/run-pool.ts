/** One run's view of a pool that it shares: what it does counts for it alone, as far as the pool can tell runs apart. */
import { Cancellation, eitherOf, type CancelSignal } from '../base/cancellation.ts';
import { CarpoolError } from '../base/errors.ts';
import { callerLocation } from '../base/holder-label.ts';
import { noop } from '../base/noop.ts';
import type { Timeline } from '../base/timeline.ts';
import type { RecordedPool } from '../base/transcript-keeper.ts';
import type { HubPool } from '../host/hub/hub-pool.ts';
import type { ChildPool } from '../pool/pool.ts';
import type { PoolSettings } from '../pool/options.ts';
import { RunCounts } from '../pool/run-counts.ts';
import type { Registration } from '../pool/registration.ts';
import type { PoolStatus } from '../pool/status.ts';
import type { PoolStats } from '../pool/types.ts';
import type { WatchedFiles } from '../process/files.ts';
import type { PoolDefinition } from '../definitions/pool-definition.ts';

export interface RunPoolOptions {
  /** From then on it takes no more sessions, and what waits for a slot of it goes to other hosts. Default: never. */
  readonly until?: CancelSignal | undefined;
  /** Takes calls that are over. */
  readonly timeline?: Timeline | undefined;
  /** Takes what the sessions of this run say. Default: it has no transcript. */
  readonly transcript?: RecordedPool | undefined;
  /** Ends the use of the pool. */
  readonly leave: () => void;
  /** It may be fuller, or less full. */
  readonly changed: () => void;
}

export class RunPool implements HubPool {
  readonly #pool: ChildPool;
  readonly #definition: PoolDefinition;
  readonly #leave: () => void;
  readonly #changed: () => void;
  readonly #until: CancelSignal | undefined;
  readonly #timeline: Timeline | undefined;
  readonly #transcript: RecordedPool | undefined;
  #own = { sessions: 0, open: 0, peak: 0 };
  readonly #counts = new RunCounts();
  /** Of the pool, when the run began. */
  #before!: {
    readonly children: number;
    readonly failures: number;
    readonly diagnosed: number;
    readonly restarts: number;
  };
  /** The id of the run, once it has opened a session. */
  #run: string | undefined;

  constructor(pool: ChildPool, definition: PoolDefinition, options: RunPoolOptions) {
    const { leave, changed, until, timeline, transcript } = options;
    this.#pool = pool;
    this.#definition = definition;
    this.#leave = leave;
    this.#changed = changed;
    this.#until = until;
    this.#timeline = timeline;
    this.#transcript = transcript;
    this.countAnew();
  }

  get settings(): PoolSettings {
    return this.#pool.settings;
  }

  get watched(): WatchedFiles {
    return this.#definition.watched;
  }

  async open(...[options, ...call]: Parameters<ChildPool['open']>): Promise<Registration> {
    this.#run = options.run?.id;
    const site = call[1];
    const waited = (milliseconds: number, capped: boolean): void =>
      this.#counts.waited(milliseconds, capped, () => ({ ...options.holder, takenAt: callerLocation(site) }));
    const kept = { timeline: this.#timeline, transcript: this.#transcript };
    const opening = this.#open({ ...options, waited, ...kept }, ...call);
    this.#changed();
    // Where it fails, too.
    opening.catch(noop).finally(this.#changed);
    const registration = await opening;
    const own = this.#own;
    own.sessions++;
    this.#counts.opened(options.holder?.file);
    own.open++;
    own.peak = Math.max(own.peak, own.open);
    // By then the counts may be those of the next run.
    void registration.conversation.released.then(() => {
      this.#own.open--;
      this.#changed();
    });
    return registration;
  }

  async #open(...[options, ...call]: Parameters<ChildPool['open']>): Promise<Registration> {
    const until = this.#until;
    if (until === undefined) return await this.#pool.open(options, ...call);
    if (until.aborted) throw leaves(this.settings.name);
    const leaving = new Cancellation();
    const leave = (): void => leaving.abort(() => leaves(this.settings.name));
    const either = options.signal === undefined ? { signal: leaving, stop: noop } : eitherOf(options.signal, leaving);
    // What has a slot is opened, unless it comes back to the queue.
    const queued = (): void => {
      if (until.aborted) leave();
      else until.addEventListener('abort', leave);
      options.queued?.();
    };
    const stays = (): void => until.removeEventListener('abort', leave);
    const granted = (): void => {
      stays();
      options.granted?.();
    };
    try {
      return await this.#pool.open({ ...options, signal: either.signal, queued, granted }, ...call);
    } finally {
      stays();
      either.stop();
    }
  }

  async start(): Promise<void> {
    await this.#pool.start();
  }

  probe(): ReturnType<ChildPool['probe']> {
    return this.#pool.probe();
  }

  stats(): PoolStats {
    return this.#pool.stats();
  }

  status(...asked: Parameters<ChildPool['status']>): PoolStatus {
    return this.#pool.status(...asked);
  }

  /** What is counted of children is that of all runs that share it. */
  statsOfRun(): PoolStats {
    const stats = this.#pool.statsOfRun();
    const { children, failures, restarts = 0 } = this.#pool.stats();
    const { sessions, peak } = this.#own;
    const before = this.#before;
    const own = { children: children - before.children, failures: failures - before.failures };
    // A child that was started by another run is one of this run where it has used it.
    return {
      ...stats,
      ...this.#pool.diagnosedSince(this.#before.diagnosed, this.#run ?? ''),
      ...own,
      // Which of the runs that share them has made them grow is not known.
      grown: [],
      children: sessions > 0 ? Math.max(own.children, stats.running) : own.children,
      sessions,
      peak,
      restarts: restarts - before.restarts,
      ...this.#counts.stats(),
    };
  }

  countAnew(): void {
    const { children, failures, diagnosed, restarts = 0 } = this.#pool.stats();
    this.#before = { children, failures, diagnosed, restarts };
    this.#own = { sessions: 0, open: this.#own.open, peak: this.#own.open };
    this.#counts.clear();
  }

  /** Also those of other runs: what a run begins may try again what others have given up. */
  resetFailures(): void {
    this.#pool.resetFailures();
  }

  /** What has changed is another pool, which the next run opens. */
  async replaceIfChanged(): Promise<void> {}

  /** They end with the workers of the run. */
  async endSessions(): Promise<void> {}

  /** The pool goes on; what ends it looks then. */
  async inUse(): Promise<boolean> {
    return false;
  }

  /** Leaves the pool to others. */
  async close(): Promise<void> {
    this.#leave();
  }
}

/** For the run's own host, which looks for another one. */
function leaves(pool: string): CarpoolError {
  const message = `Cannot register a session: the host of pool "${pool}" ends, and takes no more sessions of other hosts`;
  return new CarpoolError('POOL_FULL', message, { context: { pool } });
}
