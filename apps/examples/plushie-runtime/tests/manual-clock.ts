import type { Clock } from '../restart.ts';

/** A clock that the test moves. */
export class ManualClock implements Clock {
  /** All delays so far, in milliseconds. */
  readonly delays: number[] = [];
  #waiting: (() => void)[] = [];

  after(milliseconds: number, action: () => void): () => void {
    this.delays.push(milliseconds);
    this.#waiting.push(action);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== action);
    };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Everything that waits is due. */
  elapse(): void {
    for (const action of this.#waiting.splice(0)) action();
  }
}
