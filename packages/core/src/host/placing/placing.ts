/**
 * Which host a registration of a run goes to, where others offer the same pool. Nothing is done before a session is wanted,
 * and no other host is connected before this one is full.
 *
 *   first register ─▶ identities, others heard of ─▶ this host is full ─▶ the run is opened on those that have the pool ─▶ …
 */
import { hostname } from 'node:os';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/error-kinds.ts';
import { messageOf } from '../../base/thrown.ts';
import { printableLines } from '../../base/printable.ts';
import { version } from '../../base/version.ts';
import { has, type Candidate, type PoolWanted } from '../../reach/placement.ts';
import type { PoolStats } from '../../pool/types.ts';
import type { HostOffer } from '../../reach/offer.ts';
import { Presence } from '../../reach/presence.ts';
import type { Reach } from '../../reach/types.ts';
import type { Destination, TriedHost } from '../../wire/elsewhere.ts';
import type { RunInfo } from '../../wire/machine-messages.ts';
import type { OtherHostStatus } from '../../wire/status.ts';
import type { HubPool } from '../hub/hub-pool.ts';
import { AvoidedHosts } from './avoided-hosts.ts';
import { Changes } from './changes.ts';
import { loadOfMachine, type Fill } from './fill.ts';
import { MadePools, type MadePoolsOptions } from './made-pools.ts';
import { Openings, type OpeningsOptions } from './openings.ts';
import { OtherRuns } from './other-runs.ts';
import { PlacedPool, type Places, type PlaceWait } from './placed-pool.ts';
import { ToldOnce } from './told-once.ts';
import { statusWithUnlike, UnlikeHosts } from './unlike-hosts.ts';

export interface PlacingOptions extends MadePoolsOptions, Pick<OpeningsOptions, 'open' | 'printed' | 'warn'> {
  readonly topic: NonNullable<Reach['topic']>;
  readonly run: () => Promise<RunInfo>;
  /** The offer of this very process, if it makes one. */
  readonly self?: string | undefined;
  readonly clock?: Clock | undefined;
}

/** Milliseconds that a registration waits for other hosts at most, and between two looks whether this one has a slot. */
const patience = { longest: 2_000, look: 100 } as const;
/** Found out by the connection of one worker: other workers may have a better one. */
const onTheWay: ReadonlySet<ErrorCode> = new Set(['HUB_UNREACHABLE', 'HUB_LOST']);

export class Placing implements Places {
  readonly #options: PlacingOptions;
  readonly #clock: Clock;
  readonly #pools = new Set<PlacedPool>();
  readonly #runs: OtherRuns;
  readonly #openings: Openings;
  readonly #avoided: AvoidedHosts;
  readonly #told: ToldOnce = new ToldOnce();
  readonly #unlike: UnlikeHosts;
  /** Pools of which this host was full, and since when. */
  readonly #wanted = new Map<string, number>();
  /** For registrations that wait for other hosts. */
  readonly #changes: Changes;
  readonly #made: MadePools;
  #run: RunInfo | undefined;
  #presence: Presence | undefined;
  #begun = false;
  #problem: string | undefined;
  #isRenewed = false;
  #closed = false;

  constructor(options: PlacingOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#changes = new Changes(this.#clock);
    this.#avoided = new AvoidedHosts(this.#clock);
    this.#unlike = new UnlikeHosts(options.warn);
    this.#made = new MadePools(options, () => {
      this.#present();
      this.#look();
      this.#changed();
    });
    this.#runs = new OtherRuns({ clock: this.#clock, changed: () => this.#changed() });
    const { warn, printed, open } = options;
    this.#openings = new Openings({ clock: this.#clock, runs: this.#runs, told: this.#told, warn, printed, open });
  }

  /** The pools as the hub is to serve them. Those of servers stay: what a test gets of them is an address on this machine. */
  pools(pools: ReadonlyMap<string, HubPool>): ReadonlyMap<string, HubPool> {
    const entries = [...pools].map(([name, pool]): readonly [string, HubPool] => {
      if (pool.settings.server !== undefined) return [name, pool];
      const placed = new PlacedPool(pool, this, this.#clock);
      this.#pools.add(placed);
      return [name, placed];
    });
    return new Map(entries);
  }

  begin(): void {
    if (this.#begun || this.#closed) return;
    this.#begun = true;
    this.#begin().catch((thrown: unknown) => {
      this.#made.none();
      this.#fails(messageOf(thrown));
    });
  }

  async connected(pool: string, { signal, rest, tried, enough }: PlaceWait): Promise<void> {
    const now = this.#clock.now();
    if (!this.#wanted.has(pool)) {
      this.#wanted.set(pool, now);
      this.#look();
    }
    if (this.#problem !== undefined) this.#tellProblem(this.#problem);
    const ends = now + Math.min(patience.longest, rest / 2);
    while (signal?.aborted !== true && !enough() && this.#others(pool, { tried, free: true }).length === 0) {
      const left = Math.min(ends, this.#settledAt(pool)) - this.#clock.now();
      if (left <= 0) break;
      await this.#changes.within(Math.min(left, patience.look), signal);
    }
    const made = this.#made.known?.get(pool);
    if (this.#closed || this.#presence?.isSettled !== true) return;
    if (made !== undefined) this.#unlike.look(pool, made, this.#presence.hosts);
    this.#unlike.versions(this.#presence.otherVersions);
  }

  choose(
    pool: string,
    own: Fill,
    of: { readonly tried: readonly string[]; readonly free: boolean },
  ): Destination | undefined {
    const wanted = this.#wantedOf(pool);
    const others = this.#others(pool, of);
    const directory = this.#presence?.directory;
    if (wanted === undefined || directory === undefined || others.length === 0) return undefined;
    const here: Candidate = {
      host: '',
      pools: { [pool]: { identity: wanted.identity, ...own } },
      load: loadOfMachine(),
    };
    const { host } = directory.place(wanted, [here, ...others]) ?? here;
    const run = this.#runs.on(host, wanted);
    if (run === undefined) {
      directory.returned(host);
      return undefined;
    }
    return { host, name: run.name, address: run.address };
  }

  returned(pool: string, { host, name, failure }: TriedHost): void {
    // One that was full a moment ago is none that cannot.
    if (failure === undefined || failure.code === 'POOL_FULL') return;
    const told = this.#avoided.avoid(host, pool, { onTheWay: onTheWay.has(failure.code) });
    if (told === undefined) return;
    const what = `no session of "${pool}" goes to ${name} for ${told / 1_000} s after a failure there`;
    this.#options.warn(printableLines(`${what}: ${failure.code}: ${failure.message}`));
  }

  opened(pool: string, host: string): void {
    this.#runs.openedOn(host);
    if (this.#avoided.forgive(host, pool)) this.#changed();
  }

  full(pool: string): number | undefined {
    const wanted = this.#wantedOf(pool);
    const presence = this.#presence;
    if (wanted === undefined || presence === undefined) return undefined;
    return presence.hosts.filter(
      (offer) => has(wanted, offer) && (offer.pools[pool]?.free ?? 0) <= presence.directory.sent(offer.host),
    ).length;
  }

  /** Called for each pool. */
  renew(): void {
    if (this.#isRenewed) return;
    this.#isRenewed = true;
    queueMicrotask(() => (this.#isRenewed = false));
    this.#avoided.clear();
    this.#openings.clear();
    this.#told.clear();
    this.#runs.renew();
  }

  edited(pool: string): Promise<void> {
    return this.#made.edited(pool);
  }

  offered(pool: string): PoolStats['others'] {
    return this.#unlike.found(pool);
  }

  status(): OtherHostStatus[] {
    return statusWithUnlike(this.#runs.status(), this.#presence?.hosts ?? [], this.#made.known ?? new Map());
  }

  /** After all workers have left. Does not reject. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#changed();
    this.#runs.close();
    await this.#presence?.close();
  }

  async #begin(): Promise<void> {
    [, this.#run] = await Promise.all([this.#made.find(), this.#options.run()]);
    this.#present();
    this.#changed();
  }

  /** Hears of other hosts, as soon as there is a pool that they may have. */
  #present(): void {
    const { topic, self } = this.#options;
    if (this.#closed || this.#presence !== undefined || (this.#made.known?.size ?? 0) === 0) return;
    this.#presence = new Presence({
      topic,
      host: `${hostname()}, pid ${process.pid}`,
      version,
      clock: this.#clock,
      not: self,
      changed: () => {
        this.#look();
        this.#changed();
      },
      failed: ({ message }) => this.#fails(message),
    });
  }

  #fails(message: string): void {
    this.#problem = message;
    if (this.#wanted.size > 0) this.#tellProblem(message);
    this.#changed();
  }

  #tellProblem(message: string): void {
    this.#problem = undefined;
    if (!this.#closed && this.#told.isNews('', message))
      this.#options.warn(`no session of this run goes to other hosts: ${message}`);
  }

  /** Opens the run on those that have a pool of which this host was full. */
  #look(): void {
    const run = this.#run;
    if (this.#closed || run === undefined) return;
    const pools = [...this.#wanted.keys()].flatMap((name) => this.#wantedOf(name) ?? []);
    this.#openings.look({ run, pools }, this.#presence?.hosts ?? []);
  }

  #wantedOf(pool: string): PoolWanted | undefined {
    const made = this.#made.known?.get(pool);
    return made === undefined ? undefined : { name: pool, identity: made.identity };
  }

  /** Hosts on which a session of the pool can be registered now. @param free with a free slot, as far as is known */
  #others(pool: string, { tried, free }: { readonly tried: readonly string[]; readonly free: boolean }): HostOffer[] {
    const wanted = this.#wantedOf(pool);
    const presence = this.#presence;
    if (wanted === undefined || presence === undefined) return [];
    return presence.hosts.filter(
      ({ host, pools }) =>
        this.#runs.on(host, wanted) !== undefined &&
        !tried.includes(host) &&
        !this.#avoided.has(host, pool) &&
        (!free || (pools[pool]?.free ?? 0) > presence.directory.sent(host)),
    );
  }

  /** Until when more may be known soon. All that is waited for counts from its own beginning, whatever waits for it. */
  #settledAt(pool: string): number {
    const since = this.#wanted.get(pool);
    if (this.#closed || since === undefined || this.#made.known?.has(pool) === false) return -Infinity;
    const wanted = this.#wantedOf(pool);
    const heard = this.#presence?.isSettled === true ? -Infinity : since;
    const opening = wanted === undefined ? -Infinity : this.#runs.openingSince(wanted);
    return Math.max(heard, opening) + patience.longest;
  }

  #changed(): void {
    if (!this.#closed) for (const pool of this.#pools) pool.moveOn();
    this.#changes.tell();
  }
}
