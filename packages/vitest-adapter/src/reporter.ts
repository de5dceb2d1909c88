/** Shows what the children said when a test failed, and after a run what the pools did. */
import { evidenceText } from 'carpool/adapter/main-process';
import type { Reporter, TestCase, Vitest } from 'vitest/node';
import { attachEvidence } from './attachment.ts';
import type { SharedHost } from './shared-host.ts';

/** Added to the reporters of the user. */
export class CarpoolReporter implements Reporter {
  readonly #vitest: Vitest;
  readonly #hosts: () => Iterable<SharedHost>;
  readonly #shown = new WeakSet<object>();

  constructor(vitest: Vitest, hosts: () => Iterable<SharedHost>) {
    this.#vitest = vitest;
    this.#hosts = hosts;
  }

  /** Appends the evidence to the last that reporters show of the error, its difference, else its message; and attaches it. */
  async onTestCaseResult(test: TestCase): Promise<void> {
    const { carpool: found = [] } = test.meta();
    const { state, errors } = test.result();
    if (state !== 'failed' || found.length === 0) return;
    for (const [error, its] of Map.groupBy(found, (evidence) => errors[evidence.error] ?? errors[0])) {
      if (error === undefined || this.#shown.has(error)) continue;
      this.#shown.add(error);
      const text = evidenceText(its, error);
      if (typeof error.diff === 'string' && error.diff !== '') error.diff += text;
      else error.message += text;
    }
    await attachEvidence(this.#vitest, test, found);
  }

  /** On stderr, so that `--reporter=json` stays readable for machines. */
  async onTestRunEnd(): Promise<void> {
    for (const host of this.#hosts()) {
      await host.end();
      for (const line of await host.summary()) this.#vitest.logger.error(line);
    }
  }
}
