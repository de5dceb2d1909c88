/** When a lost renderer is started again: five times in a row at most, each time after twice as long. */

/** Timers, as the runtime needs them; a test brings its own. */
export interface Clock {
  /** Runs `action` once, after so many milliseconds. @returns what cancels it */
  after(milliseconds: number, action: () => void): () => void;
}

export const realClock: Clock = {
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

const firstDelay = 100;
const mostTries = 5;

export interface Restart {
  /** False: it has been tried often enough. */
  schedule(): boolean;
  /** It has worked: the next failure is a first one. */
  succeeded(): void;
  cancel(): void;
}

export function restart(start: () => void, clock: Clock): Restart {
  let tries = 0;
  let cancel = (): void => {};
  return {
    schedule() {
      if (tries === mostTries) return false;
      cancel = clock.after(firstDelay * 2 ** tries++, start);
      return true;
    },
    succeeded: () => void (tries = 0),
    cancel: () => cancel(),
  };
}
