/** Who holds what: an attempt of a test, or a hook for all tests; the file; and a worker, for fixtures of the user's. */
import { randomUUID } from 'node:crypto';
import type { TestInfo, WorkerInfo } from '@playwright/test';
import { FileOwner, Owner, timeoutWithin } from 'carpool/client';
import { keepEvidence, type EvidenceRule } from './evidence.ts';
import { connect } from './provided.ts';

// Taken when the module is loaded: a test may fake the clock.
const now: () => number = performance.now.bind(performance);

export class Attempt extends Owner {
  readonly #file: FileOwner;
  readonly #testInfo: TestInfo;
  readonly #since = now();
  #finished: Promise<void> | undefined;

  /** Hooks for all tests come with the info of the first test, and an owner that has ended stays ended: so it is random. */
  constructor(file: FileOwner, testInfo: TestInfo) {
    const { testId, retry, titlePath } = testInfo;
    const path = [...file.path, `${testId} ${retry} ${randomUUID()}`];
    super({ path, holder: { test: titlePath.slice(1).join(' › '), file: testInfo.file }, connect });
    this.#file = file;
    this.#testInfo = testInfo;
  }

  /** For a wait that is on the clock of the test. */
  get waitOptions(): { readonly timeout?: number } {
    const { timeout } = this.#testInfo;
    return timeoutWithin(timeout > 0 ? timeout - (now() - this.#since) - 200 : Infinity);
  }

  /** Called by whoever is first: what sessions hang on, which is a step of its own, or what is around every test. */
  finish(rule: EvidenceRule, others: readonly Owner[] = []): Promise<void> {
    return (this.#finished ??= this.#finish(rule, others));
  }

  async #finish(rule: EvidenceRule, others: readonly Owner[]): Promise<void> {
    await keepEvidence(this.#testInfo, rule, [this, this.#file, ...others]);
    await this.end();
  }
}

/** A worker may run a file again. */
export function ownerOfFile(file: string): FileOwner {
  return new FileOwner({ path: [`${file} ${randomUUID()}`], holder: { file }, connect });
}

export function ownerOfWorker({ workerIndex }: Pick<WorkerInfo, 'workerIndex'>): Owner {
  return new Owner({ path: [], holder: { test: `worker ${workerIndex}, for all its tests` }, connect });
}
