import { clearTimeout, now, setTimeout } from './natives.ts';

/** A running timer. */
export interface Timer {
  /** Does nothing if it has fired. */
  cancel(): void;
  /** It no longer keeps the process alive, but still fires while something else does. */
  unref(): void;
}

/** Time as pure code sees it. Milliseconds, from an origin that each clock chooses. */
export interface Clock {
  now(): number;
  after(milliseconds: number, run: () => void): Timer;
}

/** One object and no functions of its own: there is a timer for each request. */
class SystemTimer implements Timer {
  readonly #id: ReturnType<typeof setTimeout>;

  constructor(id: ReturnType<typeof setTimeout>) {
    this.#id = id;
  }

  cancel(): void {
    clearTimeout(this.#id);
  }

  unref(): void {
    this.#id.unref();
  }
}

export const systemClock: Clock = {
  now,
  after: (milliseconds, run) => new SystemTimer(setTimeout(run, milliseconds)),
};
