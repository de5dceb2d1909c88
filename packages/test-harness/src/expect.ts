/** What must hold after every run. */
import { expect } from 'vitest';
import type { TestResult } from './runner.ts';
import type { Outcome } from './running.ts';

/** Tests named "must fail: …" failed, all others did not, and nothing is left behind. */
export function expectVerdicts(outcome: Outcome, counted: number): void {
  const { tests, errors, complaint, left } = outcome;
  const wrong = tests.filter(({ name, status }) => (status === 'failed') !== name.includes('must fail'));
  const odd = wrong.length > 0 || tests.length !== counted || errors.length > 0 || complaint !== undefined;
  const output = odd ? outcome.stdout + outcome.stderr : '';
  const found = { wrong: wrong.map(({ name }) => name), counted: tests.length, complaint, errors, left, output };
  expect(found).toEqual({ wrong: [], counted, complaint: undefined, errors: [], left: [], output: '' });
}

/**
 * Of what a test of the projects "agreement" has sent and its child has printed, with `CARPOOL_EVIDENCE=whole`: all of it but
 * the secrets, and the request that has no reply.
 */
export function expectEvidence(output: string): void {
  expect(output).toContain('user: {password: [redacted], card_pin: [redacted]}');
  expect(output).toContain('PGPASSWORD=[redacted] pin: "[redacted]" keyboard=us');
  expect(output).not.toContain('planted-');
  expect(output).toMatch(/value: "(?:long ){60}end"/);
  expect(output).toMatch(
    /still pending:\n.*→ \{type: "silence", about: "nothing"\}, sent \d+ ms ago, at .*[ab]\.(?:test|spec)\.[jt]s:\d+/,
  );
}

/** Each of these tests passed, in so many files. */
export function expectPassed(outcome: Outcome, titles: readonly string[], files: number): void {
  const results = outcome.tests.filter(({ title }) => titles.includes(title));
  const found = results.map((one) => `${one.title}: ${one.status} ${one.messages.join('\n')}`.trim());
  const wanted = titles.flatMap((title) => Array.from({ length: files }, () => `${title}: passed`));
  expect(found.toSorted()).toEqual(wanted.toSorted());
}

/** @throws if no name contains this */
export function testNamed<Test extends TestResult>(outcome: Outcome<Test>, name: string): Test {
  const found = outcome.tests.find((test) => test.name.includes(name));
  if (found === undefined) throw new Error(`No test is named "${name}":\n${outcome.output}`);
  return found;
}

/** The messages of all errors of a test. */
export function messageOf(outcome: Outcome, name: string): string {
  return testNamed(outcome, name).messages.join('\n');
}

/** The last line of the summary for a pool. */
export function summaryOf(outcome: Outcome, pool: string): string | undefined {
  return outcome.stderr.split('\n').findLast((line) => line.startsWith(`carpool: ${pool}: `));
}
