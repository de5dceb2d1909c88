/** A running timer. Cancelling one that has fired is harmless. */
export interface Timer {
  cancel(): void;
  /** It no longer keeps the process alive; it still fires while something else does. */
  unref(): void;
}

/** Time as pure code sees it. Milliseconds, from an origin of the clock's own. */
export interface Clock {
  now(): number;
  after(milliseconds: number, run: () => void): Timer;
}

// Captured when the module loads: a test that installs fake timers later must not stop our deadlines.
const { setTimeout, clearTimeout } = globalThis;
const now: () => number = performance.now.bind(performance);

export const systemClock: Clock = {
  now,
  after(milliseconds, run) {
    const id = setTimeout(run, milliseconds);
    return { cancel: () => clearTimeout(id), unref: () => id.unref() };
  },
};
