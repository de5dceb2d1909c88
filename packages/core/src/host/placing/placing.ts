/**
 * Which host a registration of a run goes to, where others offer the same pool. Nothing is done before a session is wanted,
 * and no other host is connected before this one is full.
 *
 *   first register ─▶ identities, others heard of ─▶ this host is full ─▶ the run is opened on those that have the pool ─▶ …
 */
import { hostname, loadavg, availableParallelism } from 'node:os';
import { systemClock, type Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/thrown.ts';
import { printable } from '../../base/printable.ts';
import { version } from '../../base/version.ts';
import { within } from '../../base/wait.ts';
import { has, type Candidate } from '../../reach/placement.ts';
import type { HostOffer } from '../../reach/offer.ts';
import { Presence } from '../../reach/presence.ts';
import type { Reach } from '../../reach/types.ts';
import type { Destination } from '../../wire/elsewhere.ts';
import type { RunInfo } from '../../wire/machine-messages.ts';
import type { OtherHostStatus } from '../../wire/status.ts';
import type { HubPool } from '../hub/hub-pool.ts';
import { PlacedPool, type Fill, type Places, type PlaceWait } from './placed-pool.ts';
import { RemoteRun } from './remote-run.ts';

export interface PlacingOptions {
  readonly topic: NonNullable<Reach['topic']>;
  /** Of the pools, for other machines; those without one stay here. Called once. */
  readonly identities: () => Promise<ReadonlyMap<string, string>>;
  readonly run: () => Promise<RunInfo>;
  /** The offer of this very process, if it makes one. */
  readonly self?: string | undefined;
  /** Takes a sentence about what is wrong and fails no call. */
  readonly warn: (message: string) => void;
  readonly printed: (text: string) => void;
  readonly clock?: Clock | undefined;
}

/** Milliseconds that a registration waits for other hosts at most, and between two looks. */
const patience = { longest: 2_000, look: 100 } as const;
/** Milliseconds for which a host is left alone that could not take a session, or a run. */
const leftAlone = 30_000;
/** Runs on other hosts at a time. */
const mostRuns = 64;

export class Placing implements Places {
  readonly #options: PlacingOptions;
  readonly #clock: Clock;
  readonly #pools = new Set<PlacedPool>();
  /** By the host. */
  readonly #runs = new Map<string, RemoteRun>();
  /** Of other definitions, which may have sessions still. */
  readonly #former = new Set<RemoteRun>();
  /** Until when a host gets no session of a pool, or no run. */
  readonly #avoided = new Map<string, number>();
  /** Hosts on which the run could not be opened, which was said. */
  readonly #told = new Set<string>();
  /** Pools of which this host was full. */
  readonly #wanted = new Set<string>();
  #identities: ReadonlyMap<string, string> | undefined;
  #run: RunInfo | undefined;
  #presence: Presence | undefined;
  #begun = false;
  #problem: string | undefined;
  #changes = Promise.withResolvers<void>();
  #closed = false;

  constructor(options: PlacingOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
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
    if (this.#begun) return;
    this.#begun = true;
    this.#begin().catch((thrown: unknown) => {
      this.#identities ??= new Map();
      this.#fails(messageOf(thrown));
    });
  }

  async connected(pool: string, { signal, timeLeft = Infinity, enough }: PlaceWait): Promise<void> {
    if (!this.#wanted.has(pool)) {
      this.#wanted.add(pool);
      this.#look();
    }
    if (this.#problem !== undefined) this.#warnOnce(this.#problem);
    const ends = this.#clock.now() + Math.min(patience.longest, timeLeft / 2);
    const over = (): boolean => signal?.aborted === true || this.#clock.now() >= ends || enough();
    while (!over() && !this.#hasFree(pool) && this.#isSettling(pool)) {
      const next = within(this.#changes.promise, {
        clock: this.#clock,
        timeout: patience.look,
        expired: () => new Error('not yet'),
      });
      await next.catch(() => {}); // looked at again
    }
  }

  choose(
    pool: string,
    own: Fill,
    { tried, free }: { readonly tried: readonly string[]; readonly free: boolean },
  ): Destination | undefined {
    const identity = this.#identities?.get(pool);
    const presence = this.#presence;
    if (identity === undefined || presence === undefined) return undefined;
    const load = (loadavg()[0] ?? 0) / availableParallelism();
    const here: Candidate = { host: '', pools: { [pool]: { identity, ...own } }, load };
    const others = this.#ready(pool).filter(
      ({ host, pools }) =>
        !tried.includes(host) &&
        !this.#isAvoided(host, pool) &&
        (!free || (pools[pool]?.free ?? 0) > presence.directory.sent(host)),
    );
    const chosen = presence.directory.place({ name: pool, identity }, [here, ...others]);
    if (chosen === here) presence.directory.returned('');
    const run = this.#runs.get(chosen?.host ?? '');
    if (run?.address === undefined) return undefined;
    run.sent++;
    return { host: run.host, name: run.name, address: run.address };
  }

  failed(pool: string, hosts: readonly string[]): void {
    for (const host of hosts) this.#avoid(host, pool);
  }

  renew(): void {
    this.#avoided.clear();
    for (const run of this.#runs.values()) run.renew();
  }

  status(): OtherHostStatus[] {
    const runs = [...this.#runs.values(), ...this.#former].filter(({ isOver }) => !isOver);
    return runs.map(({ name, sent, isOpening }) => ({ name, sent, state: isOpening ? 'connecting' : 'connected' }));
  }

  /** After all workers have left. Does not reject. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#changed();
    const runs = [...this.#runs.values(), ...this.#former];
    for (const run of runs) run.close();
    await this.#presence?.close();
  }

  async #begin(): Promise<void> {
    const { topic, self } = this.#options;
    [this.#identities, this.#run] = await Promise.all([this.#options.identities(), this.#options.run()]);
    if (this.#closed || this.#identities.size === 0) return;
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
    if (this.#wanted.size > 0) this.#warnOnce(message);
    this.#changed();
  }

  #warnOnce(message: string): void {
    this.#problem = undefined;
    this.#options.warn(`no session of this run goes to other hosts: ${message}`);
  }

  /** Opens the run on those that have a pool of which this host was full. */
  #look(): void {
    if (this.#closed || this.#run === undefined) return;
    for (const [host, run] of this.#runs) {
      if (!run.isOver) continue;
      this.#runs.delete(host);
    }
    for (const offer of this.#presence?.hosts ?? [])
      if (this.#isToOpen(offer)) this.#openOn(offer, { ...this.#run, folder: `${hostname()}:${this.#run.folder}` });
  }

  #isToOpen(offer: HostOffer): boolean {
    const run = this.#runs.get(offer.host);
    if (run?.isOpening === true || this.#isAvoided(offer.host, '')) return false;
    return [...this.#wanted].some((name) => {
      const identity = this.#identities?.get(name);
      return identity !== undefined && has({ name, identity }, offer) && run?.identity(name) !== identity;
    });
  }

  #openOn(offer: HostOffer, run: RunInfo): void {
    if (this.#runs.size + this.#former.size >= mostRuns) return;
    const before = this.#runs.get(offer.host);
    // Its files were edited since: what has begun there goes on.
    if (before !== undefined) this.#former.add(before);
    // Not at each announcement, where it fails or is still another one than was announced.
    this.#avoid(offer.host, '');
    const opened = new RemoteRun({
      offer: { ...offer, name: printable(offer.name) },
      run,
      runner: run.runner,
      printed: this.#options.printed,
      changed: () => this.#changed(),
      failed: (message) => {
        if (!this.#told.has(offer.host)) this.#options.warn(message);
        this.#told.add(offer.host);
      },
    });
    this.#runs.set(offer.host, opened);
  }

  /** Hosts on which a session of the pool can be registered now. */
  #ready(pool: string): HostOffer[] {
    const identity = this.#identities?.get(pool);
    return (this.#presence?.hosts ?? []).filter(({ host }) => {
      const run = this.#runs.get(host);
      return identity !== undefined && run?.address !== undefined && run.identity(pool) === identity;
    });
  }

  #hasFree(pool: string): boolean {
    return this.#ready(pool).some(({ pools }) => (pools[pool]?.free ?? 0) > 0);
  }

  /** More may be known soon. */
  #isSettling(pool: string): boolean {
    if (this.#closed || this.#problem !== undefined) return false;
    if (this.#identities?.has(pool) === false) return false;
    return this.#presence?.isSettled !== true || [...this.#runs.values()].some(({ isOpening }) => isOpening);
  }

  #avoid(host: string, pool: string): void {
    const now = this.#clock.now();
    for (const [other, until] of this.#avoided) if (until <= now) this.#avoided.delete(other);
    this.#avoided.set(key(host, pool), now + leftAlone);
  }

  #isAvoided(host: string, pool: string): boolean {
    return (this.#avoided.get(key(host, pool)) ?? -Infinity) > this.#clock.now();
  }

  #changed(): void {
    if (!this.#closed) for (const pool of this.#pools) pool.moveOn();
    const { resolve } = this.#changes;
    this.#changes = Promise.withResolvers();
    resolve();
  }
}

/** @param pool empty: its runs */
function key(host: string, pool: string): string {
  return `${host}\0${pool}`;
}
