/**
 * How much time may be spent on holding servers back that turn out to be well: a small share of the run's. A suite in which
 * every test fails pays for each question no more than that. Pure: time is passed in.
 */

/** Milliseconds that may be spent at once. */
const burst = 500;
/** Of the time that passes. */
const share = 0.05;

export class HoldAllowance {
  #left = burst;
  #at = -Infinity;

  /** What was spent over it is paid back first. */
  isLeft(now: number): boolean {
    this.#refill(now);
    return this.#left > 0;
  }

  spend(milliseconds: number, now: number): void {
    this.#refill(now);
    this.#left -= milliseconds;
  }

  /** One did hang: it was worth it. */
  restore(): void {
    this.#left = burst;
  }

  #refill(now: number): void {
    if (now > this.#at) this.#left = Math.min(burst, this.#left + (now - this.#at) * share);
    this.#at = Math.max(this.#at, now);
  }
}
