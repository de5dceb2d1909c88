import { expect, test } from 'vitest';
import type { PoolStats } from '../pool/types.ts';
import { summaryLines, warningLines } from './summary.ts';

const pool: PoolStats = {
  name: 'sheet',
  maxSessions: 8,
  open: 0,
  queued: 0,
  warm: 0,
  quarantined: 0,
  running: 1,
  pids: [1],
  children: 2,
  sessions: 3,
  peak: 1,
  longestWait: 0,
  strays: 0,
  lastStrays: [],
  unconfirmed: 0,
  diagnosed: 0,
  firstDiagnosed: [],
  failures: 0,
};

test('a child that died is a warning, also where no test has noticed it', () => {
  const line = 'carpool: sheet: 2 children, 3 sessions, peak 1, longest wait 0 ms';
  expect(summaryLines([pool])).toEqual([line]);
  const lastFailure =
    'The child of pool "sheet" was killed by SIGKILL, 63 ms after its start\n--- end of stderr ---\n  │ x';
  expect(summaryLines([{ ...pool, failures: 1, lastFailure }])).toEqual([
    `${line}, 1 child failed`,
    'carpool: warning: sheet: a child failed: The child of pool "sheet" was killed by SIGKILL, 63 ms after its start',
  ]);
  expect(summaryLines([{ ...pool, failures: 2, lastFailure }])[1]).toMatch(
    /warning: sheet: the last child that failed: The child/,
  );
});

test('ends that were not confirmed are a warning, too', () => {
  expect(summaryLines([{ ...pool, unconfirmed: 2, firstUnconfirmed: 'session s1' }])[1]).toBe(
    'carpool: warning: sheet: the child did not confirm the end of 2 sessions; the first was session s1',
  );
});

test('sessions with which fault was found are told by name, without a line of the pool too', () => {
  const faulty = { ...pool, diagnosed: 3, firstDiagnosed: ['test "a" (a.test.ts): left a mess', 'session s2: too'] };
  const warning = [
    'carpool: warning: sheet: fault was found with 3 sessions:',
    '  test "a" (a.test.ts): left a mess',
    '  session s2: too',
    '  and 1 more',
    "  `diagnostics: 'fail'` of the pool makes each one fail its test, 'event' hides them",
  ].join('\n');
  expect(summaryLines([faulty])).toEqual([expect.stringMatching(/^carpool: sheet: 2 children/), warning]);
  expect(warningLines([faulty])).toEqual([warning]);
});

test('that sessions were wanted on hosts of other machines, and these have another pool, is told', () => {
  const line = (others: { readonly same: number; readonly of: number }, elsewhere = 0): string | undefined =>
    summaryLines([{ ...pool, elsewhere, others }])[0]?.split('longest wait 0 ms')[1];
  expect(line({ same: 0, of: 2 })).toBe(', 0 of 2 other hosts have the same pool');
  expect(line({ same: 0, of: 1 })).toBe(', 0 of 1 other host has the same pool');
  expect(line({ same: 2, of: 2 })).toBe('');
  expect(line({ same: 1, of: 2 }, 3)).toBe(', 3 sessions on other hosts');
});

test('what went to hosts of other machines is counted, also where this one had none', () => {
  expect(summaryLines([{ ...pool, elsewhere: 7 }])).toEqual([
    'carpool: sheet: 2 children, 3 sessions, peak 1, longest wait 0 ms, 7 sessions on other hosts',
  ]);
  expect(summaryLines([{ ...pool, children: 0, sessions: 0, peak: 0, elsewhere: 7 }])).toEqual([
    'carpool: sheet: 0 children, 0 sessions, peak 0, longest wait 0 ms, 7 sessions on other hosts',
  ]);
});
