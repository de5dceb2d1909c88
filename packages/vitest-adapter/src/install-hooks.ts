/** Hooks that Carpool adds to every test file: they open it, follow its attempts, and close it. */
import * as vitest from 'vitest';
import type { RunnerTestCase, TestContext } from 'vitest';
import { CurrentFile, unknownTest } from './current-file.ts';

/** Milliseconds. The waits in these hooks have deadlines of their own, and errors that say more. */
const hookTimeout = 30 * 60 * 1000;

/** Called by the set-up file, before the test file is evaluated. */
export async function installHooks(): Promise<void> {
  const path = vitest.expect.getState().testPath ?? '';
  // Absent in Vitest 3 and 4.0.
  const { aroundEach } = vitest as Partial<typeof vitest>;
  const older = aroundEach === undefined ? await olderVitest() : undefined;
  const current = await CurrentFile.open(path, older?.guess);
  current.hold();
  let failure: { readonly thrown: unknown } | undefined;

  vitest.beforeAll(async () => {
    await current.file.ready().catch((thrown: unknown) => (failure = { thrown }));
    // After all other hooks, however they are ordered.
    return () => current.leave();
  }, hookTimeout);

  aroundEach?.(async (runTest, { task, onTestFinished }) => {
    const attempt = current.begin(task);
    onTestFinished(() => attempt.end(), hookTimeout);
    await current.run(attempt, runTest);
  }, 0);

  vitest.beforeEach(({ task, onTestFinished }) => {
    older?.around(current, task, onTestFinished);
    // Each test reports it, as each of them may be the only one that runs.
    if (failure !== undefined) throw failure.thrown;
  });
}

interface OlderVitest {
  guess(file: CurrentFile): ReturnType<CurrentFile['test']>;
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
  const bodies = new WeakMap<RunnerTestCase, () => unknown>();
  let concurrent = 0;
  return {
    guess(file) {
      if (concurrent > 0) throw unknownTest();
      const task = getCurrentTest();
      return task && file.attemptOf(task);
    },
    around(file, task, onTestFinished) {
      const attempt = file.begin(task);
      if (task.concurrent === true) concurrent += 1;
      onTestFinished(async () => {
        await attempt.end();
        if (task.concurrent === true) concurrent -= 1;
      }, hookTimeout);
      // A retry finds the body in what the attempt before has put around it.
      const body = bodies.get(task) ?? getFn(task);
      bodies.set(task, body);
      setFn(task, () => file.run(attempt, body));
    },
  };
}
