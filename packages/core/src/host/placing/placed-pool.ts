/** A pool of a run, of which other hosts may have the like: what finds no slot here is sent to one of those. */
import { Cancellation, eitherOf, type CancelSignal } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';
import { noop } from '../../base/noop.ts';
import type { ChildPool } from '../../pool/pool.ts';
import type { PoolSettings } from '../../pool/options.ts';
import type { Registration } from '../../pool/registration.ts';
import type { PoolStatus } from '../../pool/status.ts';
import type { PoolStats } from '../../pool/types.ts';
import type { WatchedFiles } from '../../process/files.ts';
import { Elsewhere, type Destination } from '../../wire/elsewhere.ts';
import type { HubPool } from '../hub/hub-pool.ts';

/** How full a pool is. */
export interface Fill {
  readonly slots: number;
  readonly free: number;
  readonly queued: number;
}

/** Of a registration that looks for other hosts. */
export interface PlaceWait {
  readonly signal?: CancelSignal | undefined;
  /** Milliseconds that its test has left. */
  readonly timeLeft?: number | undefined;
  /** This host has a slot meanwhile. */
  readonly enough: () => boolean;
}

/** What knows other hosts. */
export interface Places {
  /** A session is wanted: other hosts may be, soon. */
  begin(): void;
  /** Waits a moment for those that may have a slot. Does not reject. */
  connected(pool: string, wait: PlaceWait): Promise<void>;
  /**
   * Undefined: this host.
   * @param own how full the pool of this host is
   * @param tried hosts that could not
   * @param free only one with a free slot
   */
  choose(
    pool: string,
    own: Fill,
    of: { readonly tried: readonly string[]; readonly free: boolean },
  ): Destination | undefined;
  /** What was tried cannot be had there. */
  failed(pool: string, hosts: readonly string[]): void;
  /** A new run begins: what could not be done may be tried again. */
  renew(): void;
}

/** A registration in the queue of this host's pool. */
interface Waiting {
  readonly tried: readonly string[];
  readonly moved: Cancellation;
}

export class PlacedPool implements HubPool {
  readonly #pool: HubPool;
  readonly #places: Places;
  readonly #clock: Clock;
  /** Registrations that were left to this host's pool, which may not have seen them yet. */
  #own = 0;
  /** Those of them that wait for a slot, in their order. */
  readonly #waiting = new Set<Waiting>();
  /** Those that were sent elsewhere, in this run. */
  #sent = 0;

  constructor(pool: HubPool, places: Places, clock: Clock) {
    this.#clock = clock;
    this.#pool = pool;
    this.#places = places;
  }

  get settings(): PoolSettings {
    return this.#pool.settings;
  }

  get watched(): WatchedFiles {
    return this.#pool.watched;
  }

  /** @throws Elsewhere if the session is to be registered on another host */
  async open(...call: Parameters<ChildPool['open']>): Promise<Registration> {
    const [options, listener, site] = call;
    const { tried, owner, signal, timeLeft, wait = true } = options;
    // A key holds one session at a time, which only a host that has them all can tell.
    if (tried === undefined || owner !== undefined) return await this.#openHere(...call);
    const { name } = this.settings;
    this.#places.begin();
    // One that was full a moment ago is none that cannot.
    if (wait && tried.length > 0) {
      this.#places.failed(name, tried);
      this.#sent--;
    }
    const enough = (): boolean => this.#fill.free > 0;
    if (enough()) return await this.#openHere(...call);
    const since = this.#clock.now();
    await this.#places.connected(name, { signal, timeLeft, enough });
    const left = (time: number | undefined): number | undefined =>
      time && Math.max(time - (this.#clock.now() - since), 1);
    const rest = { ...options, timeout: left(options.timeout), timeLeft: left(timeLeft) };
    const own = this.#fill;
    // A message to another machine takes longer.
    if (own.free > 0) return await this.#openHere(rest, listener, site);
    const destination = this.#places.choose(name, own, { tried, free: !wait });
    if (destination !== undefined) throw this.#elsewhere(destination);
    const moved = new Cancellation();
    const waiting: Waiting = { tried, moved };
    const either = signal === undefined ? { signal: moved, stop: noop } : eitherOf(signal, moved);
    const granted = (): void => void this.#waiting.delete(waiting);
    this.#waiting.add(waiting);
    try {
      return await this.#openHere({ ...rest, signal: either.signal, granted }, listener, site);
    } finally {
      granted();
      either.stop();
    }
  }

  /** Another host may have a slot for what waits here. */
  moveOn(): void {
    const { name } = this.settings;
    for (const waiting of this.#waiting) {
      const destination = this.#places.choose(name, this.#fill, { tried: waiting.tried, free: true });
      if (destination === undefined) return;
      this.#waiting.delete(waiting);
      const elsewhere = this.#elsewhere(destination);
      waiting.moved.abort(() => elsewhere);
    }
  }

  /** In the same turn as the choice: the next one finds it counted. */
  async #openHere(...call: Parameters<ChildPool['open']>): Promise<Registration> {
    this.#own++;
    try {
      const registration = await this.#pool.open(...call);
      void registration.conversation.released.then(() => this.#own--);
      return registration;
    } catch (thrown) {
      this.#own--;
      throw thrown;
    }
  }

  #elsewhere(destination: Destination): Elsewhere {
    this.#sent++;
    return new Elsewhere(destination);
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

  status(most: number): PoolStatus {
    return this.#pool.status(most);
  }

  statsOfRun(): PoolStats {
    return { ...this.#pool.statsOfRun(), elsewhere: this.#sent };
  }

  countAnew(): void {
    this.#sent = 0;
    this.#pool.countAnew();
  }

  resetFailures(): void {
    this.#places.renew();
    this.#pool.resetFailures();
  }

  async replaceIfChanged(): Promise<void> {
    await this.#pool.replaceIfChanged();
  }

  async endSessions(): Promise<void> {
    await this.#pool.endSessions();
  }

  async inUse(): Promise<boolean> {
    return await this.#pool.inUse();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  get #fill(): Fill {
    const { maxSessions, quarantined, open, queued } = this.#pool.stats();
    const slots = Math.max(maxSessions - quarantined, 0);
    const used = Math.max(open + queued, this.#own);
    return { slots, free: Math.max(slots - used, 0), queued: Math.max(used - slots, 0) };
  }
}
