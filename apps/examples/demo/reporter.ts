/**
 * Prints the outcome of a run as one line. Vitest's own JSON reporter writes a file, which a demo that is killed would leave.
 */
import type { Reporter, TestModule } from 'vitest/node';

export const reportMark = 'demo report: ';

export interface Report {
  readonly passed: number;
  readonly skipped: number;
  readonly files: number;
  /** Name and text of each. */
  readonly failures: readonly string[];
}

export default class DemoReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const tests = modules.flatMap(({ children }) => [...children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const failures = [
      ...unhandled.map(({ message }) => message),
      ...modules.flatMap((module) => module.errors().map(({ message }) => `${module.moduleId}: ${message}`)),
      ...tests.flatMap((test) => (test.result().errors ?? []).map(({ message }) => `${test.fullName}: ${message}`)),
    ];
    const report: Report = { passed: count('passed'), skipped: count('skipped'), files: modules.length, failures };
    process.stdout.write(`${reportMark}${JSON.stringify(report)}\n`);
  }
}
