/** A clock that the test advances. */
import type { Clock, Timer } from '../../src/base/clock.ts';

interface Planned {
  readonly at: number;
  readonly run: () => void;
}

export class FakeClock implements Clock {
  #now = 1_000;
  #planned = new Set<Planned>();

  /** Timers that have not fired. */
  get pending(): number {
    return this.#planned.size;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): Timer {
    const planned = { at: this.#now + milliseconds, run };
    this.#planned.add(planned);
    return { cancel: () => void this.#planned.delete(planned), unref: () => {} };
  }

  /** The process is blocked, or stopped: what is due meanwhile fires late. */
  stall(milliseconds: number): void {
    this.#now += milliseconds;
    const due = [...this.#planned].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    for (const planned of due) if (this.#planned.delete(planned)) planned.run();
  }

  /** Lets time pass, and everything fire that is due, in its order. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#planned].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#planned.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}
