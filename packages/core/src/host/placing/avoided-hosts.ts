/** Hosts that get no session of a pool for a while, because they could not take one. Pure but for the clock. */
import type { Clock } from '../../base/clock.ts';

/** Milliseconds for which a host is left alone. */
export const leftAlone = 30_000;

export class AvoidedHosts {
  readonly #clock: Clock;
  /** Until when. */
  readonly #avoided = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

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
}

function key(host: string, pool: string): string {
  return `${host}\0${pool}`;
}
