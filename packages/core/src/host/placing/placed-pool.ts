/**
 * A pool of a run, of which other hosts may have the like: what finds no slot here is sent to one of those.
 *
 * Not one class with `RunPool`, though both stand before a pool of one run. That one counts the run's share of a pool that
 * several runs have, and is closed when it leaves; this one decides where a registration goes, and leaves all else to its
 * pool. On the host of a machine one stands on the other: the run's share, placed.
 */
import { Cancellation, eitherOf, type CancelSignal } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/error-kinds.ts';
import { isCarpoolError } from '../../base/errors.ts';
import { noop } from '../../base/noop.ts';
import type { ChildPool } from '../../pool/pool.ts';
import type { PoolSettings } from '../../pool/options.ts';
import type { Registration } from '../../pool/registration.ts';
import type { PoolStatus } from '../../pool/status.ts';
import type { PoolStats } from '../../pool/types.ts';
import type { WatchedFiles } from '../../process/files.ts';
import { Elsewhere, type Destination, type TriedHost } from '../../wire/elsewhere.ts';
import type { HubPool } from '../hub/hub-pool.ts';
import { fillOf, type Fill } from './fill.ts';

/** Of a registration that looks for other hosts. */
export interface PlaceWait {
  readonly signal?: CancelSignal | undefined;
  /** Milliseconds that the call has left; `Infinity`: any. */
  readonly rest: number;
  /** Hosts to which it is not sent again. */
  readonly tried: readonly string[];
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
   * @param tried hosts to which it is not sent again
   * @param free only one with a free slot
   */
  choose(
    pool: string,
    own: Fill,
    of: { readonly tried: readonly string[]; readonly free: boolean },
  ): Destination | undefined;
  /** How many others offer the pool, and have no free slot. Undefined: it is not known which, or none may have it. */
  full(pool: string): number | undefined;
  /** A registration that was sent to a host has come back, without a session. */
  returned(pool: string, from: TriedHost): void;
  /** It has a session there. */
  opened(pool: string, host: string): void;
  /** Hosts that offered a pool of this name when sessions were wanted there. */
  offered(pool: string): PoolStats['others'];
  /** A new run begins: what could not be done may be tried again. */
  renew(): void;
  /** Its files may have been edited: looks whether it is another pool now, of which other hosts are not believed to have the like. */
  edited(pool: string): Promise<void>;
}

/** A registration in the queue of this host's pool. */
interface Waiting {
  /** Hosts to which it is not sent again. */
  readonly tried: readonly string[];
  readonly moved: Cancellation;
}

type OpenCall = Parameters<HubPool['open']>;

/**
 * What a host would answer again in the time of a call: that it is full, or leaves, and that it has no such pool. Of all else
 * the call is not the judge: for how long no session goes there, `Places` says for all.
 */
const lasting: ReadonlySet<ErrorCode> = new Set(['POOL_FULL', 'CONFIG_INVALID']);

export class PlacedPool implements HubPool {
  readonly #pool: HubPool;
  readonly #places: Places;
  readonly #clock: Clock;
  /** Registrations that were left to this host's pool, which may not have seen them yet. */
  #own = 0;
  /** Those of them that wait for a slot, in their order. */
  readonly #waiting = new Set<Waiting>();
  /** Sessions that were opened on other hosts, in this run. */
  #elsewhere = 0;
  /** In this run some were wanted there. */
  #isWanted = false;

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

  async open(...call: OpenCall): Promise<Registration> {
    const [{ tried, owner }] = call;
    // A key holds one session at a time, which only a host that has them all can tell.
    if (tried === undefined || owner !== undefined) return await this.#openHere(...call);
    const { name } = this.settings;
    this.#places.begin();
    const last = tried.at(-1);
    // Those before it were told then.
    if (last?.failure !== undefined) this.#places.returned(name, last);
    return await this.#place(tried, ...call);
  }

  openedElsewhere(host: string): void {
    this.#elsewhere++;
    this.#places.opened(this.settings.name, host);
  }

  /** Another host may have a slot for what waits here. */
  moveOn(): void {
    const { name } = this.settings;
    const own = this.#fill;
    /** Nothing was found for those that may not go to these. */
    const inVain: (readonly string[])[] = [];
    for (const waiting of this.#waiting) {
      const { tried, moved } = waiting;
      if (inVain.some((hosts) => hosts.every((host) => tried.includes(host)))) continue;
      const destination = this.#places.choose(name, own, { tried, free: true });
      if (destination === undefined) {
        inVain.push(tried);
        continue;
      }
      this.#waiting.delete(waiting);
      moved.abort(() => new Elsewhere(destination));
    }
  }

  /** @throws Elsewhere */
  async #place(tries: readonly TriedHost[], ...[options, listener, site]: OpenCall): Promise<Registration> {
    const { name } = this.settings;
    const { signal, timeLeft = Infinity, timeout = Infinity, spent = 0, wait = true } = options;
    const tried = tries.filter(isLasting).map(({ host }) => host);
    const enough = (): boolean => this.#fill.free > 0;
    const now = enough() ? await this.#openNow(options, listener, site) : undefined;
    if (now !== undefined) return now;
    const since = this.#clock.now();
    this.#isWanted = true;
    await this.#places.connected(name, { signal, rest: Math.min(timeLeft, timeout) - spent, tried, enough });
    if (signal?.aborted === true) throw signal.reason;
    const rest = { ...options, spent: spent + this.#clock.now() - since };
    // A message to another machine takes longer.
    const here = enough() ? await this.#openNow(rest, listener, site) : undefined;
    if (here !== undefined) return here;
    const destination = this.#places.choose(name, { ...this.#fill, free: 0 }, { tried, free: !wait });
    if (destination !== undefined) throw new Elsewhere(destination);
    const moved = new Cancellation();
    const waiting: Waiting = { tried, moved };
    const either = signal === undefined ? { signal: moved, stop: noop } : eitherOf(signal, moved);
    /** In this turn, as above. */
    let hasLooked = true;
    const queued = (): void => {
      this.#waiting.add(waiting);
      if (!hasLooked) this.moveOn();
    };
    const granted = (): void => void this.#waiting.delete(waiting);
    const fullElsewhere = (): number | undefined => this.#places.full(name);
    try {
      const opening = this.#openHere(
        { ...rest, signal: either.signal, queued, granted, fullElsewhere },
        listener,
        site,
      );
      hasLooked = false;
      return await opening;
    } finally {
      granted();
      either.stop();
    }
  }

  /** Undefined: it would wait. Which slots are to be had, the pool alone knows: others share it, and no child may start. */
  async #openNow(...[options, ...call]: OpenCall): Promise<Registration | undefined> {
    try {
      return await this.#openHere({ ...options, wait: false }, ...call);
    } catch (thrown) {
      if (isCarpoolError(thrown, 'POOL_FULL')) return undefined;
      throw thrown;
    }
  }

  /** In the same turn as the choice: the next one finds it counted. */
  async #openHere(...call: OpenCall): Promise<Registration> {
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

  statsOfRun(): PoolStats {
    const others = this.#isWanted ? this.#places.offered(this.settings.name) : undefined;
    return { ...this.#pool.statsOfRun(), elsewhere: this.#elsewhere, others };
  }

  countAnew(): void {
    this.#elsewhere = 0;
    this.#isWanted = false;
    this.#pool.countAnew();
  }

  resetFailures(): void {
    this.#places.renew();
    this.#pool.resetFailures();
  }

  async replaceIfChanged(): Promise<void> {
    await this.#places.edited(this.settings.name);
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
    return fillOf(this.#pool.stats(), this.#own);
  }
}

/** It waits there, or would fail there again. */
function isLasting({ failure }: TriedHost): boolean {
  return failure === undefined || lasting.has(failure.code);
}
