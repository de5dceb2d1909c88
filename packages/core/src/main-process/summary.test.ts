import { describe, expect, test } from 'vitest';
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

test('a replay says so, and what of it no test has asked for', () => {
  const firstUnasked = ['"adds" (cart.test.ts) has not sent {"type":"add"}, and 1 more'];
  const replayed = { place: '/code/recorded', unasked: 0, firstUnasked: [] };
  const line = 'carpool: sheet: a replay of /code/recorded, no child, 3 sessions, peak 1, longest wait 0 ms';
  expect(summaryLines([{ ...pool, replayed }])).toEqual([line]);
  expect(summaryLines([{ ...pool, replayed: { ...replayed, unasked: 2, firstUnasked } }])).toEqual([
    line,
    `carpool: sheet: tests have not asked for 2 messages and sessions that were recorded in /code/recorded:\n  ${firstUnasked[0]}`,
  ]);
  expect(warningLines([{ ...pool, replayed: { ...replayed, unasked: 2, firstUnasked } }])).toEqual([]);
  // It has started nothing that sharing could save, and waits for nothing that an option would change.
  const waits = { count: 12, capped: 0, total: 31_000, p50: 0, p95: 9_000 };
  expect(summaryLines([{ ...pool, replayed, files: 400, startTime: 12, waits }])).toEqual([line]);
  expect(summaryLines([{ ...pool, replayed, files: 400, startTime: 900 }])).toEqual([line]);
});

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

test('from 200 ms on the longest wait is told with its test, and with what others have waited', () => {
  const waits = { count: 3, capped: 0, total: 900, p50: 0, p95: 612, longestOf: '"adds" (cart.test.ts:3:5)' };
  expect(summaryLines([{ ...pool, longestWait: 199, waits }])[0]).toMatch(/, longest wait 199 ms$/);
  expect(summaryLines([{ ...pool, longestWait: 612, waits, restarts: 2 }])[0]).toMatch(
    /, longest wait 612 ms of "adds" \(cart\.test\.ts:3:5\) \(p50 0 ms, p95 612 ms\), 2 restarts$/,
  );
});

test('what sharing has saved: a start for each test file beyond the children, where that is a second or more', () => {
  const saved = (more: Partial<PoolStats>): string | undefined =>
    summaryLines([{ ...pool, ...more }])[0]?.split('longest wait 0 ms')[1];
  expect(saved({ files: 122, startTime: 342 })).toBe(
    ', saved about 41 s: a child for each of 122 test files, 342 ms to start',
  );
  expect(saved({ files: 5, startTime: 333 })).toBe('');
  expect(saved({ files: 1, sessions: 200, startTime: 5_000 })).toBe('');
  // One of its children may have been there before the run, and none is known to have started.
  expect(saved({ files: 50 })).toBe('');
});

describe('what the run suggests', () => {
  const waits = { count: 12, capped: 0, total: 31_000, p50: 0, p95: 9_000 };
  const suggested = (...pools: readonly Partial<PoolStats>[]): readonly string[] =>
    summaryLines(pools.map((more) => ({ ...pool, ...more }))).slice(pools.length);

  test('more slots, where tests have waited long for them; of several pools that with the longest waits', () => {
    expect(suggested({ waits })).toEqual([
      'carpool: 12 sessions of "sheet" waited for a slot, for 31 s in all: raise `maxSessions` (now 8)',
    ]);
    expect(suggested({ waits }, { name: 'db', maxSessions: 2, waits: { ...waits, total: 40_000 } })).toEqual([
      'carpool: 12 sessions of "db" waited for a slot, for 40 s in all: raise `maxSessions` (now 2)',
    ]);
    expect(suggested({ waits: { ...waits, capped: 7 } })[0]).toMatch(/raise `--max-children` of the host/);
    expect(suggested({ waits, files: 12, startTime: 100 })[0]).toMatch(
      /for 31 s in all, more than the 1\.0 s of starts that sharing has saved: raise/,
    );
    expect(suggested({ waits, files: 12, startTime: 99 })[0]).toMatch(/for 31 s in all: raise/);
    expect(suggested({ waits, files: 1, startTime: 900 })[0]).toMatch(/for 31 s in all: raise/);
  });

  test('more children, where the config says how many sessions one can hold', () => {
    expect(suggested({ waits, sessionsPerChild: 1, maxSessions: 2 })[0]).toMatch(
      /for 31 s in all: raise `children` \(now 2, of 1 `sessionsPerChild` each\)$/,
    );
    expect(suggested({ waits: { ...waits, capped: 7 }, sessionsPerChild: 1 })[0]).toMatch(/raise `--max-children`/);
  });

  test('nothing, where slots were lost: a warning tells why tests have waited', () => {
    expect(suggested({ waits, quarantined: 1 })).toEqual([]);
    const other = { name: 'db', maxSessions: 2, waits: { ...waits, total: 6_000 } };
    expect(suggested({ waits, quarantined: 1 }, other)[0]).toMatch(/sessions of "db" waited/);
  });

  test('no sharing, where a child starts in no time', () => {
    expect(suggested({ files: 20, startTime: 12 })).toEqual([
      'carpool: sharing "sheet" has saved next to nothing: a child of it starts in 12 ms, so each test file can have its own',
    ]);
  });

  test('nothing, for a small run', () => {
    expect(suggested({ waits: { ...waits, count: 4 } }, { waits: { ...waits, total: 4_999 } })).toEqual([]);
    expect(suggested({ files: 19, startTime: 12 }, { files: 100, startTime: 31 })).toEqual([]);
    expect(summaryLines([{ ...pool, files: 400, startTime: 12, sessions: 0 }])).toEqual([]);
  });
});

test('what tests have left behind is a warning with ten of them, also without the lines of the pools', () => {
  const first = ['test "a" (a.test.ts:1:2): a loop that waits', 'test "b" (b.test.ts:3:4): called "get" after its end'];
  const warning = [
    'carpool: warning: tests have left something behind:',
    ...first.map((line) => `  ${line}`),
    '  and 3 more',
    "  `leaks: 'fail'` in the config makes each one fail its test, `leaks: false` hides them",
  ].join('\n');
  expect(warningLines([pool], { count: 5, first })).toEqual([warning]);
  expect(summaryLines([pool], { count: 5, first })[1]).toBe(warning);
  expect(warningLines([pool], { count: 2, first })[0]).not.toContain('more');
});

test('a child that grew by far more than others is a warning', () => {
  expect(warningLines([{ ...pool, grown: ['child 7 grew by 304 MiB in 3 sessions'] }])).toEqual([
    'carpool: warning: sheet: the memory of a child grew: child 7 grew by 304 MiB in 3 sessions; `recycleAfter` of the pool bounds that',
  ]);
});
