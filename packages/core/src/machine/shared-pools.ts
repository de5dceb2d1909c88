/**
 * The pools of a machine's host, by the digest of their definition: runs whose definitions are the same share one, with its
 * children, slots and queue.
 *
 *   first run ─▶ used by n runs ─the last has gone─▶ kept warm for the next ─▶ closed
 */
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { printable } from '../base/printable.ts';
import { messageOf } from '../base/thrown.ts';
import type { ChildEvent, Timeline, TimelineEvent } from '../base/timeline.ts';
import { ChildCap } from '../pool/child-cap.ts';
import type { PlaceSources } from '../pool/launch.ts';
import { poolEnvironment } from '../host/configure.ts';
import { ChildPool } from '../pool/pool.ts';
import type { PoolSettings } from '../pool/options.ts';
import { PassingOf, type Passing } from '../pool/passing.ts';
import { residentBytes } from '../process/resident-memory.ts';
import type { PoolDefinition } from '../definitions/pool-definition.ts';
import { differenceOf, type DefinitionParts } from '../definitions/pool-difference.ts';
import type { PoolStatus, ShowsSession } from '../pool/status.ts';
import type { PoolStats } from '../pool/types.ts';
import { RunPool, type RunPoolOptions } from './run-pool.ts';

export interface SharedPoolsOptions extends Required<PlaceSources> {
  /** Milliseconds for which a pool without a run is kept. Default 15,000. */
  readonly linger?: number | undefined;
  /** A pool without a run is kept longer, because something is connected to it that its end would break; or is no longer. */
  readonly changed?: (() => void) | undefined;
  /** Takes a line for the log of the host. */
  readonly print?: ((line: string) => void) | undefined;
  /** A pool may be fuller, or less full. */
  readonly filled?: (() => void) | undefined;
  readonly clock?: Clock | undefined;
  /** Is told each message of all pools. Default: nothing looks. */
  readonly passing?: Passing | undefined;
  /** Children at once, of all pools. Default: no bound. */
  readonly maxChildren?: number | undefined;
  /** Bytes that children may take together before no other one starts. Default: no bound. */
  readonly maxMemory?: number | undefined;
}

/** One run's use of a pool. */
export interface PoolUse {
  readonly definition: PoolDefinition;
  /** Shows a text in the runner's main process. */
  readonly print: (text: string) => void;
  /** As in `RunPoolOptions`. */
  readonly until?: RunPoolOptions['until'];
  /** Takes the calls of this run that are over, and children of the pool: those that end, and at its end those that go on. */
  readonly timeline?: Timeline | undefined;
  /** As in `RunPoolOptions`. */
  readonly transcript?: RunPoolOptions['transcript'];
}

const defaultLinger = 15_000;
/** Characters of a line about what has failed. */
const longestLine = 1_000;
/** Milliseconds between two looks at the memory, while a child waits for its start. */
const memoryInterval = 1_000;

export class SharedPools {
  readonly #options: SharedPoolsOptions;
  readonly #pools = new Map<string, SharedPool>();
  readonly #cap: ChildCap;
  #looking: Timer | undefined;

  constructor(options: SharedPoolsOptions) {
    this.#options = options;
    const { maxChildren, maxMemory = Infinity } = options;
    const full = (): boolean => Number.isFinite(maxMemory) && this.#memory() >= maxMemory;
    this.#cap = new ChildCap({ maxChildren, full });
    if (Number.isFinite(maxMemory)) this.#look();
  }

  /** Pools that are there, also those that no run uses. */
  get size(): number {
    return this.#pools.size;
  }

  /** Closing what it returns ends the use. */
  use(use: PoolUse): RunPool {
    const { digest, key } = use.definition;
    for (const [other, pool] of this.#pools)
      if (other !== digest && pool.key === key && !pool.isUsed) void this.#endUnused(other, pool);
    const pool = this.#pools.get(digest) ?? this.#added(use.definition);
    pool.begin(use);
    const { filled = noop } = this.#options;
    return new RunPool(pool.pool, use.definition, {
      leave: () => this.#endUse(digest, pool, use),
      changed: filled,
      until: use.until,
      timeline: use.timeline,
      transcript: use.transcript,
    });
  }

  /** A pool without a run is kept because of what is connected to it. */
  get isLeftInUse(): boolean {
    return [...this.#pools.values()].some(({ leftInUse }) => leftInUse);
  }

  /** Of one, if it is there. @param digest of its definition */
  stats(digest: string): PoolStats | undefined {
    return this.#pools.get(digest)?.pool.stats();
  }

  /** Also of those that no run uses. */
  status(most: number, shows?: ShowsSession): PoolStatus[] {
    return [...this.#pools.values()].map(({ pool, id, unlike }) => {
      const own: ShowsSession | undefined = shows && ((of) => shows({ ...of, poolId: id }));
      return { ...pool.status(most, own), id, unlike };
    });
  }

  async close(): Promise<void> {
    this.#looking?.cancel();
    await Promise.all([...this.#pools].map(([digest, pool]) => this.#end(digest, pool)));
  }

  /** The first that no pool has. */
  #idFor(name: string): string {
    const used = new Set([...this.#pools.values()].map(({ id }) => id));
    let number = 1;
    while (used.has(`${name}#${number}`)) number++;
    return `${name}#${number}`;
  }

  #added(definition: PoolDefinition): SharedPool {
    const { digest, settings } = definition;
    // The last one: most often that of the run which began just before.
    const other = [...this.#pools.values()].findLast(({ pool }) => pool.name === settings.name);
    const pool = new SharedPool(definition, this.#idFor(settings.name), { options: this.#options, cap: this.#cap });
    if (other !== undefined) {
      const whose = other.folder === pool.folder ? 'an earlier run of this folder' : other.folder;
      pool.unlike = `not shared with that of ${whose}: ${differenceOf(definition.parts, other.parts)}`;
    }
    this.#pools.set(digest, pool);
    return pool;
  }

  #memory(): number {
    return residentBytes([...this.#pools.values()].flatMap(({ pool }) => pool.stats().pids));
  }

  /** Nothing says when children need less. */
  #look(): void {
    const { clock = systemClock } = this.#options;
    this.#looking = clock.after(memoryInterval, () => {
      this.#cap.freed();
      this.#look();
    });
    this.#looking.unref();
  }

  #endUse(digest: string, pool: SharedPool, use: PoolUse): void {
    const { linger = defaultLinger } = this.#options;
    pool.finish(use, linger, () => void this.#endUnused(digest, pool));
  }

  /** What tests of its runs have left, in processes that go on, is not disconnected: it is looked at again. */
  async #endUnused(digest: string, pool: SharedPool): Promise<void> {
    const { linger = defaultLinger, changed } = this.#options;
    const inUse = await pool.pool.inUse();
    if (pool.isUsed || this.#pools.get(digest) !== pool) return;
    const was = pool.leftInUse;
    pool.leftInUse = inUse;
    if (inUse) pool.keep(linger, () => void this.#endUnused(digest, pool));
    else await this.#end(digest, pool);
    if (was !== inUse) changed?.();
  }

  async #end(digest: string, pool: SharedPool): Promise<void> {
    if (this.#pools.get(digest) === pool) this.#pools.delete(digest);
    // A child that cannot be killed must not end the host, which has other runs.
    await pool.close().catch((thrown: unknown) => void process.stderr.write(`carpool: ${messageOf(thrown)}\n`));
  }
}

class SharedPool {
  readonly pool: ChildPool;
  /** As in `PoolStatus`. */
  readonly id: string;
  /** Of its first run. */
  readonly key: string;
  readonly folder: string;
  readonly parts: DefinitionParts;
  /** Why it is not the one of the same name that was there before it. */
  unlike: string | undefined;
  /** When it was last looked at, something was connected to it that its end would break. */
  leftInUse = false;
  readonly #clock: Clock;
  readonly #uses = new Set<PoolUse>();
  #timer: Timer | undefined;

  constructor(
    { settings, key, folder: ofRun, parts }: PoolDefinition,
    id: string,
    { options, cap }: { readonly options: SharedPoolsOptions; readonly cap: ChildCap },
  ) {
    const { clock = systemClock, started, folder, ports, print = noop } = options;
    const passing = options.passing && new PassingOf(options.passing, id);
    this.id = id;
    this.key = key;
    this.folder = ofRun;
    this.parts = parts;
    this.#clock = clock;
    const write = (text: string | Uint8Array): void => {
      const shown = typeof text === 'string' ? text : Buffer.from(text).toString();
      for (const { print } of this.#uses) print(shown);
    };
    const environment = poolEnvironment({ write }, { started, folder, ports, passing });
    this.pool = new ChildPool(settings, {
      ...environment,
      cap,
      timeline: { add: (event) => this.#tell(event) },
      source: () => this.#source(),
      failed: (error) => print(childFailed(settings.name, error)),
    });
  }

  get isUsed(): boolean {
    return this.#uses.size > 0;
  }

  begin(use: PoolUse): void {
    this.#timer?.cancel();
    this.leftInUse = false;
    if (!this.isUsed) this.pool.countAnew();
    this.#uses.add(use);
  }

  /** @param unused called after so long without another use */
  finish(use: PoolUse, linger: number, unused: () => void): void {
    if (!this.#uses.delete(use)) return;
    for (const child of this.#living()) use.timeline?.add(child);
    if (!this.isUsed) this.keep(linger, unused);
  }

  /** As `finish`, of one that no run uses. */
  keep(linger: number, unused: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(linger, unused);
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.pool.close();
  }

  /** A session is that of one run, which has it from its call. */
  #tell(event: TimelineEvent): void {
    if (event.event !== 'child') return;
    for (const { timeline } of this.#uses) timeline?.add(event);
  }

  #living(): ChildEvent[] {
    const over = this.#clock.now();
    const { name: pool, children } = this.pool.status(0);
    return children.map(({ pid, generation, age, startup, sessions }) => {
      const since = over - age;
      // One that serves has a pid.
      const startUnknown = pid !== undefined && startup === undefined ? true : undefined;
      const ready = pid === undefined ? undefined : since + (startup ?? 0);
      return { event: 'child', pool, pid, generation, since, ready, startUnknown, over, sessions, goesOn: true };
    });
  }

  /**
   * Of a run whose files are still those of this pool: another one may have been edited, or its work tree removed. All of it
   * is of that run: what `command` finds out, the other functions of its config know.
   */
  async #source(): Promise<PoolSettings> {
    for (const { definition } of this.#uses) if (!(await definition.changed())) return definition.source;
    const message = `Cannot start the child of pool "${this.pool.name}": what it is started from was edited since the run began. The next run starts what is there now`;
    throw new CarpoolError('CHILD_NOT_STARTED', message, {
      scope: 'pool',
      blame: 'setup',
      context: { pool: this.pool.name },
    });
  }
}

/** One line. Tests may have moved on to other hosts, so that nobody else is told; what the child has printed last says most. */
function childFailed(pool: string, { code, message, evidence: { stderr = '' } }: CarpoolError): string {
  const [what = message] = message.split('\n--- ', 1);
  const printed = stderr.trimEnd().split('\n').at(-1) ?? '';
  const last = printed === '' ? '' : `; the last line of its stderr: ${printed}`;
  return printable(
    `a child of pool "${pool}" has failed: ${code}: ${what.replaceAll(/\s*\n\s*/g, '; ')}${last}`.slice(0, longestLine),
  );
}
