import { clearTimeout, now, setTimeout } from './natives.ts';

/** A running timer. Cancelling one that has fired is harmless. */
export interface Timer {
  cancel(): void;
  /** It no longer keeps the process alive; it still fires while something else does. */
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
