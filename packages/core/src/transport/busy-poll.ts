/**
 * Stays awake for a moment where an answer is expected at once: to put a process to sleep and wake it again can cost more
 * than the round trip. Where both ends share a processor the one that stays awake keeps the other from answering; so
 * whoever has waited in vain sleeps the next times, ever more of them, and then tries again.
 *
 *   expect ─▶ awake ── met ─▶ asleep, and the next time awake again
 *               └── not in time ─▶ asleep, also the next 1, 2, 4, … 32 times
 */
import { now, setImmediate } from '../base/natives.ts';

const longestBreak = 32;

export class BusyPoll {
  readonly #limit: number;
  #until = 0;
  #awake = false;
  #expecting = false;
  #break = 1;
  #skip = 0;

  /** @param limit milliseconds to stay awake: so long that the other end can wake up and answer, and then finds this one awake */
  constructor(limit: number = 0.15) {
    this.#limit = limit;
  }

  /** Something is expected at once. */
  start(): void {
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    this.#expecting = true;
    this.#until = now() + this.#limit;
    if (this.#awake) return;
    this.#awake = true;
    setImmediate(this.#turn);
  }

  /** Something has come. */
  hit(): void {
    if (!this.#expecting) return;
    this.#expecting = false;
    this.#break = 1;
  }

  readonly #turn = (): void => {
    if (this.#expecting && now() < this.#until) {
      setImmediate(this.#turn);
      return;
    }
    this.#awake = false;
    if (!this.#expecting) return;
    this.#expecting = false;
    this.#skip = this.#break;
    this.#break = Math.min(this.#break * 2, longestBreak);
  };
}
