/** Waits for the next change, whatever it is. */
import type { CancelSignal } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';

export class Changes {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something has changed. */
  tell(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when something has changed, it is cancelled, or the time is over. */
  async within(milliseconds: number, signal: CancelSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(milliseconds, resolve);
    this.#waiting.add(resolve);
    signal?.addEventListener('abort', resolve);
    await promise;
    timer.cancel();
    this.#waiting.delete(resolve);
    signal?.removeEventListener('abort', resolve);
  }
}
