/** The owners: an attempt of a test, or a hook for all tests; the file; and a worker, for fixtures that last as long. */
import type { TestInfo, WorkerInfo } from '@playwright/test';
import { currentTestSlot, FileOwner, Owner, ownerNumber } from 'carpool/adapter/test-process';
import { keepEvidence, type EvidenceRule } from './evidence.ts';
import { fileOf } from './file-of.ts';
import { connect, provided } from './provided.ts';
import { timeLeftIn } from './time-left.ts';

/** The worker's owners that hold sessions: their evidence belongs to each test that fails meanwhile. */
export const workersInUse: Set<Owner> = new Set();

/** One attempt of a test, or a hook for all tests. */
export class Attempt extends Owner {
  readonly #file: FileOwner;
  readonly #testInfo: TestInfo;
  #finished: Promise<void> | undefined;

  /** Hooks for all tests come with the info of the first test, and an owner that has ended stays ended: so it has a number. */
  constructor(file: FileOwner, testInfo: TestInfo) {
    const { testId, retry, titlePath } = testInfo;
    const path = [...file.path, `${testId} ${retry} ${ownerNumber()}`];
    const holder = { test: titlePath.slice(1).join(' › '), file: fileOf(testInfo) };
    super({ path, holder, connect, timeLeft: () => timeLeftIn(testInfo), outer: file });
    this.#file = file;
    this.#testInfo = testInfo;
  }

  /**
   * Called twice: by the fixture on which sessions hang, a step of its own, and by the one around every test.
   * @throws to the first, what the end has brought: the test fails with it
   */
  async finish(rule: EvidenceRule): Promise<void> {
    if (this.#finished !== undefined) return await this.#finished;
    this.#finished = this.#finish(rule);
    await this.#finished;
    for (const thrown of this.failures) throw thrown;
  }

  async #finish(rule: EvidenceRule): Promise<void> {
    const kept = provided()?.evidence === false ? 'off' : rule;
    await keepEvidence(this.#testInfo, kept, [this, this.#file, ...workersInUse]);
    const { status, expectedStatus } = this.#testInfo;
    // A Ctrl-C, or `maxFailures` is reached.
    if (status === 'interrupted') for (const owner of [this, this.#file, ...workersInUse]) owner.interrupt();
    await this.end({ passed: status === 'passed' && expectedStatus === 'passed' });
  }
}

/** For the test or the hook that makes a call. */
const timeLeft = (): number => currentTestSlot().currentTest?.timeLeft() ?? Infinity;

/** A worker may run a file again. */
export function ownerOfFile(file: string): FileOwner {
  return new FileOwner({ path: [`${file} ${ownerNumber()}`], holder: { file }, connect, timeLeft });
}

/** It lives as long as the worker. */
export function ownerOfWorker({ workerIndex }: Pick<WorkerInfo, 'workerIndex'>): Owner {
  return new Owner({ path: [], holder: { test: `worker ${workerIndex}, for all its tests` }, connect, timeLeft });
}
