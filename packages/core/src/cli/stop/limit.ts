/** What is left of the time for all that `carpool stop` does. */
import { systemClock } from '../../base/clock.ts';

/** Milliseconds: more than a host allows itself for its end. */
export const stopTimeout = 25_000;

export class Limit {
  readonly milliseconds: number;
  readonly #end: number;

  /** @param timeout milliseconds; `Infinity`: any time */
  constructor(timeout: number) {
    this.milliseconds = timeout;
    this.#end = systemClock.now() + this.milliseconds;
  }

  get left(): number {
    return Math.max(0, this.#end - systemClock.now());
  }

  /** Nothing is killed. */
  get isNever(): boolean {
    return this.milliseconds === Infinity;
  }
}
