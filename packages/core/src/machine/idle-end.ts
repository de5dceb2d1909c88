/** Ends a host that nothing uses. */
import { systemClock, type Clock, type Timer } from '../base/clock.ts';

export interface IdleEndOptions {
  /** Milliseconds; null: it does not end by itself. */
  readonly idle: number | null;
  readonly inUse: () => boolean;
  readonly end: () => void;
  readonly clock?: Clock | undefined;
}

export class IdleEnd {
  readonly #options: IdleEndOptions;
  #timer: Timer | undefined;
  #over = false;

  constructor(options: IdleEndOptions) {
    this.#options = options;
  }

  /** What is in use may have changed. */
  look(): void {
    const { idle, inUse, end, clock = systemClock } = this.#options;
    if (this.#over || idle === null) return;
    if (inUse()) {
      this.#timer?.cancel();
      this.#timer = undefined;
      return;
    }
    // One that runs goes on: what only looks at the host does not keep it.
    this.#timer ??= clock.after(idle, () => {
      this.#timer = undefined;
      // A worker that has not greeted yet has announced itself to nothing.
      if (!inUse()) end();
    });
  }

  cancel(): void {
    this.#over = true;
    this.#timer?.cancel();
  }
}
