/**
 * When the time of a test's body, or of a hook, begins, and how long it is. Vitest says neither, and puts nothing of ours
 * between its own clock and the function that the user wrote, so this uses two places inside of it:
 *
 *   hooks    the lists of a suite, which `TestRunner.getSuiteHooks` gives; a `beforeAll` or `beforeEach` carries its time-out
 *   bodies   `runTask`, a method that a runner may have
 *
 * Where one of them is not found, waits have the deadline of the pool, and nothing else is lost.
 */
import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite } from 'vitest';

// Taken when the module is loaded: a test may fake the clock later.
const now: () => number = performance.now.bind(performance);

/** The clock of a body or a hook. */
export interface StartedClock {
  /** By `performance.now()`. */
  readonly since: number;
  /** Milliseconds; 0 or `Infinity`: none. Asked at each wait, as tests change it. */
  readonly timeout: () => number;
  /** What it measures has ended. */
  over: boolean;
}

/** A clock that starts now. */
export function startClock(timeout: () => number): StartedClock {
  return { since: now(), timeout, over: false };
}

type Hook = (...args: readonly unknown[]) => unknown;

/** Inside of Vitest, not in its types. */
interface Runner {
  readonly prototype: { runTask?: (test: RunnerTestCase) => unknown };
  getSuiteHooks?(suite: RunnerTestSuite): Readonly<Record<string, Hook[] | undefined>> | undefined;
  getTestFn?(test: RunnerTestCase): (() => unknown) | undefined;
}

/** Runs bodies and hooks, each on a clock that starts then. */
export interface Clocks {
  /** @param timeout in milliseconds */
  onClock(timeout: () => number, body: () => unknown): unknown;
}

/** Once in each worker, also where it runs many files. @param clocks those of the file that runs, if it has some */
export function timeBodies(TestRunner: unknown, clocks: () => Clocks | undefined): void {
  const { prototype, getTestFn } = TestRunner as Runner;
  // A runner of the user's may have one of its own.
  if (getTestFn === undefined || 'runTask' in prototype) return;
  prototype.runTask = (test) => {
    const body = getTestFn(test);
    if (body === undefined) throw new Error(`Vitest has no function for the test ${JSON.stringify(test.name)}`);
    const running = clocks();
    return running === undefined ? body() : running.onClock(() => test.timeout, body);
  };
}

/** Where Vitest keeps the time-out of a hook whose clean-up has the same. */
const timeoutKey = Symbol.for('VITEST_CLEANUP_TIMEOUT');
const timed = new WeakSet<Hook>();

/** The hooks of a file that have not run yet. Those that tell no time-out are left alone. */
export function timeHooks(TestRunner: unknown, file: RunnerTestFile, clocks: Clocks): void {
  const { getSuiteHooks } = TestRunner as Runner;
  if (getSuiteHooks !== undefined) timeHooksOf(file, getSuiteHooks, clocks);
}

function timeHooksOf(suite: RunnerTestSuite, hooksOf: NonNullable<Runner['getSuiteHooks']>, clocks: Clocks): void {
  const { beforeAll = [], beforeEach = [] } = hooksOf(suite) ?? {};
  for (const hooks of [beforeAll, beforeEach]) {
    for (const [at, hook] of hooks.entries()) {
      const timeout = (hook as { readonly [timeoutKey]?: unknown })[timeoutKey];
      if (typeof timeout !== 'number' || timed.has(hook)) continue;
      // Vitest reads more from the function than its time-out.
      const wrapped: Hook = Object.assign(
        (...args: readonly unknown[]) =>
          clocks.onClock(
            () => timeout,
            () => hook(...args),
          ),
        hook,
      );
      timed.add(wrapped);
      hooks[at] = wrapped;
    }
  }
  for (const task of suite.tasks) if (task.type === 'suite') timeHooksOf(task, hooksOf, clocks);
}
