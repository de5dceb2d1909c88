/** Hosts that are left alone for a while, because they could not take a session of a pool, or the run. Pure but for the clock. */
import type { Clock } from '../../base/clock.ts';

/** Milliseconds. */
export const leftAlone = 30_000;
/** Things that are told once; the oldest may be told again. */
const mostTold = 1_000;

export class AvoidedHosts {
  readonly #clock: Clock;
  /** Until when. */
  readonly #avoided = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param pool empty: the run is not opened there */
  avoid(host: string, pool: string): void {
    const now = this.#clock.now();
    for (const [other, until] of this.#avoided) if (until <= now) this.#avoided.delete(other);
    this.#avoided.set(key(host, pool), now + leftAlone);
  }

  has(host: string, pool: string): boolean {
    return (this.#avoided.get(key(host, pool)) ?? -Infinity) > this.#clock.now();
  }

  clear(): void {
    this.#avoided.clear();
  }

  /** True: for the first time. */
  isNews(host: string, what: string): boolean {
    const told = key(host, what);
    if (this.#told.has(told)) return false;
    this.#told.add(told);
    for (const oldest of this.#told) {
      if (this.#told.size <= mostTold) break;
      this.#told.delete(oldest);
    }
    return true;
  }
}

function key(host: string, pool: string): string {
  return `${host}\0${pool}`;
}
