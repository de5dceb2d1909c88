/**
 * Polls the event loop for a moment instead of letting the process sleep, where an answer is expected at once: waking a
 * process can cost more than the round trip. Where both ends share a processor, polling delays the other end; so after a
 * poll in vain the next ones are skipped, ever more of them.
 *
 *   start ─▶ polling ── hit ─▶ idle; the next start polls again
 *               └── not in time ─▶ idle; the next 1, 2, 4, … 32 starts are skipped
 */
import { now, setImmediate } from '../base/natives.ts';

const longestBackoff = 32;

export class BusyPoll {
  readonly #limit: number;
  #until = 0;
  #polling = false;
  #expecting = false;
  #backoff = 1;
  #skips = 0;

  /** @param limit milliseconds to poll: enough for the other end to wake up and answer */
  constructor(limit: number = 0.15) {
    this.#limit = limit;
  }

  /** An answer is expected at once. */
  start(): void {
    if (this.#skips > 0) {
      this.#skips--;
      return;
    }
    this.#expecting = true;
    this.#until = now() + this.#limit;
    if (this.#polling) return;
    this.#polling = true;
    setImmediate(this.#turn);
  }

  /** Something has arrived. */
  hit(): void {
    if (!this.#expecting) return;
    this.#expecting = false;
    this.#backoff = 1;
  }

  readonly #turn = (): void => {
    if (this.#expecting && now() < this.#until) {
      setImmediate(this.#turn);
      return;
    }
    this.#polling = false;
    if (!this.#expecting) return;
    this.#expecting = false;
    this.#skips = this.#backoff;
    this.#backoff = Math.min(this.#backoff * 2, longestBackoff);
  };
}
