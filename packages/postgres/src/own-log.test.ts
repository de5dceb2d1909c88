import { expect, test } from 'vitest';
import { linesLeftOut } from './own-log.ts';

const log = (text: string): string => `2026-01-01 10:00:00.000 UTC [7] ${text}`;

test.each([
  ['LOG:  database system was interrupted; last known up at 2026-01-01 09:00:00 UTC', true],
  ['LOG:  redo is not required', true],
  ['FATAL:  the database system is starting up', true],
  ['FATAL:  the database system is not yet accepting connections', true],
  ['DETAIL:  Consistent recovery state has not been yet reached.', true],
  ['LOG:  database system is ready to accept connections', false],
  ['ERROR:  type "inte" does not exist at character 23', false],
  ['FATAL:  the database system is shutting down', false],
  ['WARNING:  the database system was interrupted by a test', false],
])('%s', (text, leftOut) => {
  expect(linesLeftOut(undefined).test(log(text))).toBe(leftOut);
});

test('with those of the config', () => {
  const both = linesLeftOut(/^.*warning: a\b/i);
  expect(both.test(log('WARNING: A b'))).toBe(true);
  expect(both.test(log('LOG:  redo is not required'))).toBe(true);
  expect(both.test(log('LOG:  another'))).toBe(false);
});
