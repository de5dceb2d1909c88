/**
 * Polls for a short while instead of going to sleep. To put a process to sleep and wake it again takes longer than the
 * other side needs for its answer, so whoever expects one at once looks for it in every turn of the event loop; after a
 * small fraction of a millisecond it sleeps like everybody else.
 */

// Captured when the module loads: a test that installs fake timers later must not stop it.
const { setImmediate } = globalThis;
const now: () => number = performance.now.bind(performance);

export class Spin {
  readonly #milliseconds: number;
  #until = 0;
  #turning = false;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Something is expected, from now on for a short while. */
  expect(): void {
    this.#until = now() + this.#milliseconds;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(this.#turn);
  }

  /** Nothing is expected any more. */
  rest(): void {
    this.#until = 0;
  }

  readonly #turn = (): void => {
    if (now() < this.#until) setImmediate(this.#turn);
    else this.#turning = false;
  };
}
