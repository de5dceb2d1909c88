/**
 * How much time Playwright leaves to the function that runs: a test with its hooks, a hook for all tests, or a fixture with
 * a time-out of its own. That is inside of Playwright, not in its types; where it is not found, waits have the deadline of
 * the pool.
 */
import type { TestInfo } from '@playwright/test';
import { waitMargin } from 'carpool/adapter/test-process';

// Taken when the module is loaded: a test may fake the clock later.
const now: () => number = performance.now.bind(performance);

/** The part of Playwright's `TestInfo` that is relied on. */
interface Timed {
  readonly _timeoutManager?: {
    readonly _running?: { readonly start?: unknown; readonly deadline?: unknown } | undefined;
  };
}

/** By how much `performance.now()` is ahead of Playwright's clock; a little more, as reading it takes time. */
let ahead = Infinity;

/** Compares the clocks. Call it first of all in a fixture with a time-out of its own, whose start Playwright has just noted. */
export function compareClocks(testInfo: TestInfo): void {
  const start = (testInfo as Timed)._timeoutManager?._running?.start;
  if (typeof start === 'number') ahead = Math.min(ahead, now() - start);
}

/** Milliseconds that a call which is made now may wait, 1 or more; `Infinity`: any time. */
export function timeLeftIn(testInfo: TestInfo | undefined): number {
  const { start, deadline } = (testInfo as Timed | undefined)?._timeoutManager?._running ?? {};
  if (typeof deadline !== 'number' || ahead === Infinity) return Infinity;
  const margin = waitMargin(typeof start === 'number' ? deadline - start : 0);
  const left = deadline - (now() - ahead) - margin;
  // Without a time-out the deadline is the largest that a timer can wait.
  return left > longest ? Infinity : Math.max(Math.round(left), 1);
}

const longest = 2 ** 30;
