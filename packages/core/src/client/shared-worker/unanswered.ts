/** The messages of one test file to one shared worker that have no reply so far, for the evidence of a failed test. */
import type { Clock } from '../../base/clock.ts';

/** Lines of evidence. */
const most = 10;

export class Unanswered {
  readonly #clock: Clock;
  readonly #messages = new Map<number, { readonly since: number; readonly describe: () => string }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(number: number, describe: () => string): void {
    this.#messages.set(number, { since: this.#clock.now(), describe });
  }

  delete(number: number): void {
    this.#messages.delete(number);
  }

  /** The last of them. */
  lines(): string[] {
    const now = this.#clock.now();
    const last = [...this.#messages.values()].slice(-most);
    return last.map(({ since, describe }) => `no reply for ${Math.round(now - since)} ms to ${describe()}`);
  }
}
