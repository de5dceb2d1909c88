/** How long a wait inside a test may take, so that its own error comes before the runner's time-out. */

// Taken when the module is loaded: a test may fake the clock later.
const now: () => number = performance.now.bind(performance);

/**
 * Milliseconds before the runner's time-out at which a wait is to fail: a tenth of it, from 100 to 500.
 * @param timeout of the runner, in milliseconds
 */
export function waitMargin(timeout: number): number {
  // Many waits end in the host, whose answer takes its time on a busy machine.
  return Math.min(Math.max(timeout / 10, 100), 500);
}

/** How early the waits of a `TestClock` end, and from when on it counts. */
export interface TestClockOptions {
  /** Milliseconds before the runner's time-out at which the wait fails. Default: `waitMargin`. */
  readonly margin?: number;
  /** When the clock started, by `performance.now()`. Default: now. */
  readonly since?: number;
  /** Milliseconds, for tests of this class. Default: a clock that no test can fake. */
  readonly now?: () => number;
}

/**
 * The clock of the body of a test, or of one hook; it starts when it is made. A wait that is on it fails a little before
 * the runner's time-out does, because the error of Carpool says what was waited for.
 */
export class TestClock {
  readonly #timeout: () => number;
  readonly #options: TestClockOptions;
  readonly #now: () => number;
  readonly #since: number;
  #over = false;

  /** @param timeout the runner's time-out in milliseconds; 0 or `Infinity`: none. Asked at each wait, as tests change it */
  constructor(timeout: () => number, options: TestClockOptions = {}) {
    this.#timeout = timeout;
    this.#options = options;
    this.#now = options.now ?? now;
    this.#since = options.since ?? this.#now();
  }

  /** Milliseconds that a wait which begins now may take, 1 or more; `Infinity`: any. */
  timeLeft(): number {
    const timeout = this.#timeout();
    if (this.#over || !(timeout > 0)) return Infinity;
    const { margin = waitMargin(timeout) } = this.#options;
    return Math.max(Math.round(timeout - (this.#now() - this.#since) - margin), 1);
  }

  /** The body or the hook has ended. What it has left running, such as a server, no longer waits on its clock. */
  end(): void {
    this.#over = true;
  }
}
