/** Hooks that Carpool adds to every test file: they open it, follow its attempts, and close it. */
import { useCompileCache } from 'carpool/adapter/current-test';
import * as vitest from 'vitest';
import type { RunnerTestCase, RunnerTestFile, RunnerTestSuite, TestContext } from 'vitest';
import type { Attempt } from './attempt.ts';
import { CurrentFile } from './current-file.ts';
import { refuse, refuseOurs } from './missing-fixtures.ts';
import { startClock, timeBodies, timeHooks, type StartedClock } from './test-time.ts';

// For the entry of tests: it shares this file, so that what every test file loads is one file.
export { connect, provided } from './connect.ts';
export { CurrentFile, refuse };

/** Milliseconds. The waits in these hooks have deadlines of their own, and errors that say more. */
const hookTimeout = 30 * 60 * 1000;

// Before the test file is imported, and with it the rest of Carpool.
useCompileCache();

/** Called by the set-up file, before the test file is evaluated. */
export async function installHooks(): Promise<void> {
  const path = vitest.expect.getState().testPath ?? '';
  // Absent in Vitest 3 and 4.0.
  const { aroundEach, TestRunner } = vitest as Partial<typeof vitest>;
  const older = aroundEach === undefined ? await olderVitest() : undefined;
  const current = await CurrentFile.begin(path, aroundEach !== undefined, older?.guess);
  current.hold();
  if (TestRunner !== undefined) timeBodies(TestRunner, () => CurrentFile.hooked());
  let failure: { readonly thrown: unknown } | undefined;

  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what a hook needs
  vitest.beforeAll(async ({}: object, suite?: RunnerTestSuite | RunnerTestFile) => {
    if (TestRunner !== undefined && suite !== undefined && 'filepath' in suite) timeHooks(TestRunner, suite, current);
    await current.opened?.file.ready().catch((thrown: unknown) => (failure = { thrown }));
    // After all other hooks, however they are ordered.
    return () => current.leave();
  }, hookTimeout);

  aroundEach?.(async (runTest, { task, onTestFinished, signal }) => {
    const attempt = current.beginAttempt(task);
    onTestFinished(() => current.finish(attempt), hookTimeout);
    // Each test reports it, as each of them may be the only one that runs.
    if (failure !== undefined) throw failure.thrown;
    // A run that is cancelled waits for nothing. In Vitest 4 the signal of an earlier attempt is still there.
    const prepare = current.prepare.get(task);
    if (prepare === undefined) refuseOurs(task.context);
    else await prepare(attempt, signal.aborted ? undefined : signal);
    await current.run(attempt, runTest);
  }, 0);

  if (older === undefined) return;
  vitest.beforeEach(({ task, onTestFinished }) => {
    refuseOurs(task.context);
    older.around(current, task, onTestFinished);
    if (failure !== undefined) throw failure.thrown;
  });
}

/** Of a hook of concurrent tests in Vitest 3 and 4.0. */
const unknownTest =
  "Cannot tell which of the concurrent tests asks: this version of Vitest does not say so in hooks; write `scope: 'file'`, call it in the body of the test, or use Vitest 4.1 or later";

interface OlderVitest {
  guess(file: CurrentFile): Attempt | undefined;
  around(file: CurrentFile, task: RunnerTestCase, onTestFinished: TestContext['onTestFinished']): void;
}

/** The part of `vitest/suite` that is used, in Vitest 3 and 4.0. */
interface Suite {
  getCurrentTest(): RunnerTestCase | undefined;
  getFn(task: RunnerTestCase): () => unknown;
  setFn(task: RunnerTestCase, body: () => unknown): void;
}

/** The body of a test can be put inside of something; from its hooks, only the test that was started last is known. */
async function olderVitest(): Promise<OlderVitest> {
  // So that no bundler finds it: later versions do not have it.
  const name = ['vitest', 'suite'].join('/');
  const { getCurrentTest, getFn, setFn } = (await import(/* @vite-ignore */ name)) as Suite;
  const { CarpoolError } = await import('carpool/adapter/test-process');
  const bodies = new WeakMap<RunnerTestCase, () => unknown>();
  let concurrent = 0;
  return {
    guess(file) {
      if (concurrent > 0) throw new CarpoolError('LEASE_INVALID', unknownTest);
      const task = getCurrentTest();
      return task && file.attemptOf(task);
    },
    around(file, task, onTestFinished) {
      const attempt = file.beginAttempt(task);
      if (task.concurrent === true) concurrent += 1;
      onTestFinished(async () => {
        try {
          await file.finish(attempt);
        } finally {
          if (task.concurrent === true) concurrent -= 1;
        }
      }, hookTimeout);
      // A retry finds the body in what the attempt before has put around it.
      const body = bodies.get(task) ?? getFn(task);
      bodies.set(task, body);
      const clock = (): StartedClock => startClock(() => task.timeout);
      setFn(task, () => file.run(attempt, body, clock()));
    },
  };
}
