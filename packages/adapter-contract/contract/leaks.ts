/** What tests leave behind, as a case of the contract. */
import { expect } from 'vitest';
import type { Outcome } from '@carpool/test-harness';
import { expectPassed, named, type Case } from './cases.ts';

export const leakCases: readonly Case[] = [
  {
    title: 'what a test leaves behind fails it, or its file, where `leaks` says so; else the run warns of it',
    check({ outcome, project }) {
      const failing = [
        ['leaves a loop', /SESSION_LEAKED[^]*The test has left behind a loop that waits for events of session \w+/],
        ['leaves an end that is not confirmed', /SESSION_LEAKED[^]*the child did not confirm the end of session \w+/],
      ] as const;
      for (const [name, words] of failing) {
        const { status, messages } = named(outcome, name);
        expect([name, status]).toEqual([name, 'failed']);
        expect(messages.join('\n')).toMatch(words);
      }
      expect(named(outcome, 'leaves a loop').messages.join('\n')).toMatch(/bodies\.cjs:\d+/);
      expect(failuresIn(outcome, 'leaks-late')).toMatch(
        /A test of this file went on after its end: test ".*goes on after its end" \(\S*bodies\.cjs:\d+:\d+\): called "too late"/,
      );
      const [, warned = ''] = outcome.stderr.split('carpool: warning: tests have left something behind:\n');
      expect(warned).toMatch(/^ {2}test ".*and is warned" \(\S*bodies\.cjs:\d+:\d+\): a loop that waits for events/m);
      expect(warned).toMatch(/^ {2}test ".*and is warned" \(\S*bodies\.cjs:\d+:\d+\): called "too late" in session/m);
      expect(project.notes('leaks').filter(({ id }) => id !== undefined)).toHaveLength(2);
      expectPassed(
        outcome,
        'leaves a loop, and is warned',
        'goes on after its end, and is warned',
        'comes after the leaks',
      );
    },
  },
];

/** What has failed a file: its runner reports that with the file, or with the last test of it. */
function failuresIn({ files, tests }: Outcome, name: string): string {
  const isOf = ({ file }: { readonly file: string }): boolean => file.includes(name);
  const failed = tests.filter((test) => isOf(test) && test.status === 'failed');
  return [...files.filter(isOf).map(({ message }) => message), ...failed.flatMap(({ messages }) => messages)].join(
    '\n',
  );
}
