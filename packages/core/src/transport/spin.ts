/**
 * Stays awake for a moment. To put a process to sleep and wake it again costs more than a round trip on a local socket;
 * whoever expects an answer at once looks for it instead, a few times, before it sleeps.
 */

// Captured when the module loads: a test that installs fake timers later must not stop it.
const { setImmediate } = globalThis;

export class Spinner {
  readonly #limit: number;
  #until = 0;
  #spinning = false;

  /** @param limit milliseconds, from the last call of `spin` */
  constructor(limit: number = 0.1) {
    this.#limit = limit;
  }

  /** Polls the event loop for a short while. */
  spin(): void {
    this.#until = performance.now() + this.#limit;
    if (this.#spinning) return;
    this.#spinning = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    if (performance.now() < this.#until) setImmediate(this.#turn);
    else this.#spinning = false;
  };
}
