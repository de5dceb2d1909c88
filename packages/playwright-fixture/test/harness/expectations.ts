/** What must be so after every run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Outcome } from './project.ts';
import type { TestResult } from './results.ts';

/** Tests named "must fail: …" failed, all others did not, and nothing is left behind. */
export function expectVerdicts(outcome: Outcome, counted: number): void {
  const { tests, errors, stdout, stderr, left } = outcome;
  const output = stdout + stderr;
  const wrong = tests.filter(({ name, verdict }) => (verdict === 'unexpected') !== name.includes('must fail'));
  const odd = wrong.length > 0 || tests.length !== counted || errors.length > 0 || /Internal error/.test(output);
  const found = { wrong: wrong.map(({ name }) => name), counted: tests.length, left, output: odd ? output : '' };
  expect(found).toEqual({ wrong: [], counted, left: [], output: '' });
}

export function testNamed(outcome: Outcome, name: string): TestResult {
  const found = outcome.tests.find((test) => test.name.includes(name));
  if (found === undefined) throw new Error(`No test is named "${name}":\n${outcome.stdout}${outcome.stderr}`);
  return found;
}

/** All that the errors of a test say. */
export function messageOf(outcome: Outcome, name: string): string {
  return testNamed(outcome, name)
    .attempts.flatMap(({ messages }) => messages)
    .join('\n');
}

/** The line of the summary for a pool. */
export function summaryOf(outcome: Outcome, pool: string): string | undefined {
  return outcome.stderr.split('\n').find((line) => line.startsWith(`carpool: ${pool}: `));
}

/** The end of the location of an error: a file of a project, and the line that holds this text. */
export function placeOf(project: string, file: string, text: string): string {
  const lines = readFileSync(join(import.meta.dirname, '../projects', project, file), 'utf8').split('\n');
  const line = lines.findIndex((one) => one.includes(text));
  if (line < 0) throw new Error(`${file} has no line with ${text}`);
  return `/${file}:${line + 1}`;
}
