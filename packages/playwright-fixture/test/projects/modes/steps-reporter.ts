import type { Reporter, TestCase, TestResult, TestStep } from '@playwright/test/reporter';

/** Prints the fixtures of each test as Playwright's report shows them. */
export default class StepsReporter implements Reporter {
  onStepBegin({ title }: TestCase, _result: TestResult, step: TestStep): void {
    if (step.category === 'fixture') console.log(`${title}: ${step.title}`);
  }
}
