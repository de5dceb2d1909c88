/**
 * Hosts that get no session of a pool for a while, because they could not take one. Pure but for the clock.
 *
 * What fails on the way to a host may be the fault of one worker, of a moment, or of that host: it is left alone for a short
 * time, which doubles while nothing else comes of it. What the host itself answers will be the same for the longest time.
 */
import type { Clock } from '../../base/clock.ts';

/** Milliseconds for which a host is left alone, at most. */
export const leftAlone = 30_000;
/** Milliseconds after the first failure on the way. */
const shortest = 2_000;
/** Pairs of a host and a pool that are remembered. The one whose failure is the oldest may be tried again. */
const most = 1_000;

/** What is known of a host, for one pool. */
interface Failing {
  until: number;
  /** Milliseconds of the last time; 0: it has had a session since. */
  length: number;
  /** Milliseconds for which it was told to be left alone; 0: it has had a session since. */
  told: number;
  /** When that was. */
  toldAt: number;
}

export class AvoidedHosts {
  readonly #clock: Clock;
  /** The last one is the one that failed last. */
  readonly #failing = new Map<string, Failing>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * It has failed. What was sent there before it was left alone, and fails later, says nothing new.
   * @param onTheWay nothing was heard of that host itself
   * @returns milliseconds for which it is left alone, if that is to be told: for the first time, for the longest one, and
   *   after a session, then not sooner than `leftAlone` after the last time
   */
  avoid(host: string, pool: string, { onTheWay }: { readonly onTheWay: boolean }): number | undefined {
    const now = this.#clock.now();
    const name = key(host, pool);
    const failing = this.#failing.get(name) ?? { until: -Infinity, length: 0, told: 0, toldAt: -Infinity };
    const isAvoided = failing.until > now;
    if (isAvoided && (onTheWay || failing.length === leftAlone)) return undefined;
    this.#failing.delete(name);
    this.#failing.set(name, failing);
    this.#forgetOldest();
    // A failure long after the last one is the first of others.
    const before = now - failing.until < leftAlone ? failing.length : 0;
    failing.length = onTheWay ? Math.min(Math.max(before * 2, shortest), leftAlone) : leftAlone;
    failing.until = now + failing.length;
    const isNews =
      failing.told === 0 ? now - failing.toldAt >= leftAlone : failing.length === leftAlone && failing.told < leftAlone;
    if (!isNews) return undefined;
    failing.told = failing.length;
    failing.toldAt = now;
    return failing.length;
  }

  /** It has a session of the pool. @returns true: it was left alone, and is no more */
  forgive(host: string, pool: string): boolean {
    const failing = this.#failing.get(key(host, pool));
    if (failing === undefined) return false;
    const isAvoided = failing.until > this.#clock.now();
    failing.until = -Infinity;
    failing.length = 0;
    failing.told = 0;
    return isAvoided;
  }

  has(host: string, pool: string): boolean {
    return (this.#failing.get(key(host, pool))?.until ?? -Infinity) > this.#clock.now();
  }

  clear(): void {
    this.#failing.clear();
  }

  #forgetOldest(): void {
    const [oldest] = this.#failing.keys();
    if (this.#failing.size > most && oldest !== undefined) this.#failing.delete(oldest);
  }
}

function key(host: string, pool: string): string {
  return `${host}\0${pool}`;
}
