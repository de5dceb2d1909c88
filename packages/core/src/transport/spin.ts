/**
 * Polls for a short while instead of going to sleep. To put a process to sleep and wake it again takes longer than the
 * other side needs for its answer, so whoever expects one at once looks for it in every turn of the event loop; after a
 * small fraction of a millisecond it sleeps like everybody else.
 *
 * Where all processors are busy, who polls keeps the other side from answering. So it is given up where it does not help,
 * and only tried again now and then.
 */

// Captured when the module loads: a test that installs fake timers later must not stop it.
const { setImmediate } = globalThis;
const now: () => number = performance.now.bind(performance);

/** In vain so often, and it is given up. */
const patience = 3;
/** Of so many expectations it is then tried for one. */
const retryOf = 16;

export class Spin {
  readonly #milliseconds: number;
  #until = 0;
  #turning = false;
  /** Times in a row that nothing came in time. */
  #inVain = 0;
  #skipped = 0;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** True while it looks for what is expected. */
  get polling(): boolean {
    return this.#turning;
  }

  /** Something is expected, from now on for a short while. */
  expect(): void {
    if (this.#inVain >= patience && ++this.#skipped % retryOf !== 0) return;
    this.#until = now() + this.#milliseconds;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(this.#turn);
  }

  /** What was expected is there. */
  came(): void {
    if (this.#until === 0) return;
    this.#until = 0;
    this.#inVain = 0;
  }

  readonly #turn = (): void => {
    if (now() < this.#until) {
      setImmediate(this.#turn);
      return;
    }
    this.#turning = false;
    if (this.#until !== 0) this.#inVain++;
    this.#until = 0;
  };
}
