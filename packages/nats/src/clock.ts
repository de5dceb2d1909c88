/** Time, as the protocol of leases sees it: given to it, so that tests run it without waiting. */
export interface Clock {
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** @returns cancels it */
  after(milliseconds: number, run: () => void): () => void;
}

/** `performance.now` goes on evenly when the time of day is set. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** What waits by it keeps no process alive. */
export const unhurriedClock: Clock = {
  now: systemClock.now,
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after a time; used for retries. */
export async function pause(clock: Clock, milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => void clock.after(milliseconds, resolve));
}
