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

export const systemClock: Clock = {
  now,
  after(milliseconds, run) {
    const id = setTimeout(run, milliseconds);
    return { cancel: () => clearTimeout(id), unref: () => id.unref() };
  },
};
