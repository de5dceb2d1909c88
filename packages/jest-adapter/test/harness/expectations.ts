/** What must be so after every run. */
import { expect } from 'vitest';
import type { Outcome } from './project.ts';

/** Tests named "must fail: …" failed, all others did not, and nothing is left behind. */
export function expectVerdicts(outcome: Outcome, counted: number): void {
  const { tests, stdout, stderr, left } = outcome;
  const output = stdout + stderr;
  const wrong = tests.filter(({ name, status }) => (status === 'failed') !== name.includes('must fail'));
  const strange = /failed to exit gracefully|did not exit|open handle|soft deleted|obsolete|Jest: Got error/i;
  const odd = wrong.length > 0 || tests.length !== counted || strange.test(output);
  const found = { wrong: wrong.map(({ name }) => name), counted: tests.length, left, output: odd ? output : '' };
  expect(found).toEqual({ wrong: [], counted, left: [], output: '' });
}

export function testNamed(outcome: Outcome, name: string): Outcome['tests'][number] {
  const found = outcome.tests.find((test) => test.name.includes(name));
  if (found === undefined) throw new Error(`No test is named "${name}":\n${outcome.stdout}${outcome.stderr}`);
  return found;
}

export function messageOf(outcome: Outcome, name: string): string {
  return testNamed(outcome, name).messages.join('\n');
}

/** The line of the summary for a pool. */
export function summaryOf(outcome: Outcome, pool: string): string | undefined {
  return outcome.stderr.split('\n').findLast((line) => line.startsWith(`carpool: ${pool}: `));
}
