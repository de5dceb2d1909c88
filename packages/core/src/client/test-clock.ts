/** How long a wait inside a test may take, so that its own error comes before the runner's time-out. */

// Taken when the module is loaded: a test may fake the clock later.
const now: () => number = performance.now.bind(performance);

/** A wait longer than this has the deadline of the pool, in milliseconds. */
const poolDeadline = 60_000;

/** What a wait takes over: absent, the pool's own deadline holds. */
export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout?: number;
}

/** How early, and how short, the waits of a `TestClock` may be. */
export interface TestClockOptions {
  /** Milliseconds before the runner's time-out at which the wait fails. Default 100. */
  readonly margin?: number;
  /** Milliseconds that a wait gets in any case. Default 1. */
  readonly least?: number;
  /** When the clock started, by `performance.now()`. Default: now. */
  readonly since?: number;
  /** Milliseconds, for tests of this class. Default: a clock that no test can fake. */
  readonly now?: () => number;
}

/**
 * The clock of one attempt of a test, or of one hook; it starts when it is made. A wait that is on it fails a little
 * before the runner's time-out does, because the error of Carpool names what holds the slots.
 */
export class TestClock {
  readonly #timeout: () => number;
  readonly #options: TestClockOptions;
  readonly #now: () => number;
  readonly #since: number;

  /** @param timeout the runner's time-out in milliseconds; 0 or `Infinity`: none. Asked at each wait, as tests change it */
  constructor(timeout: () => number, options: TestClockOptions = {}) {
    this.#timeout = timeout;
    this.#options = options;
    this.#now = options.now ?? now;
    this.#since = options.since ?? this.#now();
  }

  /** The options of a wait that begins now. */
  waitOptions(): WaitOptions {
    const { margin = 100, least = 1 } = this.#options;
    const timeout = this.#timeout();
    const left = timeout > 0 ? timeout - (this.#now() - this.#since) - margin : Infinity;
    return left < poolDeadline ? { timeout: Math.max(Math.round(left), least) } : {};
  }
}
