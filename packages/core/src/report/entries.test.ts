import { expect, test } from 'vitest';
import type { ChildEvent, LeaseEvent, SessionEvent } from '../base/timeline.ts';
import { analyse } from './analyse.ts';
import { concurrency, peaks } from './concurrency.ts';
import { merged, within } from './entries.ts';
import { findingsOf } from './findings.ts';
import { packRuns, unpackRuns, type PackedRuns } from './packed-runs.ts';
import type { RecordedRun } from './recorded-run.ts';
import { rowsOf, type Row } from './rows.ts';
import { holdersDuring, matcher, noFilter, sorted } from './selection.ts';

function session(given: Partial<SessionEvent>): SessionEvent {
  return {
    event: 'session',
    pool: 'cart',
    id: 's1',
    child: 7,
    test: 'adds',
    file: '/code/web/cart.test.ts',
    since: 0,
    granted: 0,
    opened: 2,
    over: 10,
    ...given,
  };
}

function child(given: Partial<ChildEvent>): ChildEvent {
  return { event: 'child', pool: 'cart', pid: 7, generation: 1, since: 0, ready: 1, over: 50, sessions: 1, ...given };
}

function lease(given: Partial<LeaseEvent>): LeaseEvent {
  return {
    event: 'lease',
    name: 'printer',
    kind: 'lock',
    test: 'prints',
    file: '/code/web/print.test.ts',
    since: 0,
    granted: 0,
    over: 10,
    ...given,
  };
}

function run(given: Partial<RecordedRun>, zero = 1_000): RecordedRun {
  const header = {
    carpoolTimeline: 1,
    carpool: '1.2.0',
    runner: 'vitest',
    folder: '/code/web',
    pid: zero,
    zero,
  } as const;
  return { header, sessions: [], children: [], leases: [], duration: 100, ended: true, dropped: 0, ...given };
}

const none: Partial<SessionEvent> = { granted: undefined, opened: undefined, child: undefined, id: undefined };

test('several runs are on one axis, from the begin of the first', () => {
  const later = run(
    { sessions: [session({ since: 5, granted: 6, opened: 7, over: 8 })], children: [child({})] },
    1_500,
  );
  const { zero, duration, entries, children } = merged([later, run({ leases: [lease({ since: 3 })] })]);
  expect({ zero, duration }).toEqual({ zero: 1_000, duration: 600 });
  expect(
    entries.map(({ index, run: of, since, granted, over, title, file, of: what }) => ({
      index,
      of,
      since,
      granted,
      over,
      title,
      file,
      what,
    })),
  ).toEqual([
    { index: 0, of: 1, since: 3, granted: 0, over: 10, title: 'prints', file: 'print.test.ts', what: 'lock "printer"' },
    { index: 1, of: 0, since: 505, granted: 506, over: 508, title: 'adds', file: 'cart.test.ts', what: 'pool cart' },
  ]);
  expect(children[0]).toMatchObject({ since: 500, ready: 501, over: 550 });
});

test('a call is waited for, opened and held, or got nothing', () => {
  const { entries } = merged([
    run({
      sessions: [
        session({ since: 1, granted: 4, opened: 6, over: 16 }),
        session({ ...none, since: 2, over: 9, test: undefined }),
        session({ since: 3, failed: true, ...none, over: 4 }),
        session({ since: 4, unconfirmed: true }),
      ],
    }),
  ]);
  expect(entries.map(({ title, state, waited, opening, held }) => [title, state, waited, opening, held])).toEqual([
    ['adds', 'ok', 3, 2, 12],
    ['a session', 'none', 7, 0, 0],
    ['adds', 'failed', 1, 0, 0],
    ['adds', 'unconfirmed', 0, 2, 10],
  ]);
});

test('paths are relative to the folder of their run, on every system', () => {
  expect(within('/code/web', '/code/web/a/b.test.ts')).toBe('a/b.test.ts');
  expect(within(String.raw`C:\code`, String.raw`C:\code\b.test.ts`)).toBe('b.test.ts');
  for (const outside of ['/code/web2/b.test.ts', '/code/web', '/other/b.test.ts'])
    expect(within('/code/web', outside)).toBe(outside);
});

test('how many were held and how many waited, at each moment', () => {
  const all = merged([
    run({
      sessions: [session({ since: 0, granted: 0, over: 10 }), session({ since: 4, granted: 10, opened: 10, over: 20 })],
      leases: [lease({ since: 15, granted: undefined, over: 18 })],
      duration: 30,
    }),
  ]);
  expect(concurrency(all, 100)).toEqual({
    times: [0, 4, 10, 15, 18, 20, 30],
    held: [1, 1, 1, 1, 1, 0, 0],
    waiting: [0, 1, 0, 1, 0, 0, 0],
  });
  expect(peaks(all)).toEqual({ held: 1, waiting: 1 });
  // Three steps of ten: the mean of each.
  const { times, held, waiting } = concurrency(all, 3);
  expect({ times, held }).toEqual({ times: [0, 10, 20, 30], held: [1, 1, 0, 0] });
  expect(waiting.map((one) => Math.round(one * 10) / 10)).toEqual([0.6, 0.3, 0, 0]);
});

test('the rows: each pool with its children, what was on each, and what waited; then leases', () => {
  const on = [session({ since: 0, granted: 0, over: 10 }), session({ since: 1, granted: 1, over: 9, child: 8 })];
  const waits = [session({ since: 2, granted: 10, opened: 11, over: 20 })];
  const all = merged([
    run({
      sessions: [...on, ...waits, session({ ...none, since: 30, over: 40 })],
      children: [child({}), child({ pid: 8 }), child({ pid: 9, since: 60, over: 70, sessions: 0 })],
      leases: [lease({})],
    }),
  ]);
  const shown = rowsOf(all, 'child', ['vitest']).rows.map((row: Row) =>
    row.kind === 'group'
      ? `${row.title}: ${row.note}`
      : `${row.part} ${row.items.map(({ from, to }) => `${from}-${to}`).join(' ')}`,
  );
  expect(shown).toEqual([
    'pool cart: 4 sessions on 3 children',
    'child 0-50 60-70',
    'hold 0-10 10-20',
    'child 0-50',
    'hold 1-9',
    'wait 2-10 30-40',
    'lock "printer": asked for 1 time',
    'hold 0-10',
  ]);
  const byFile = rowsOf(all, 'file', ['vitest']).rows.filter(({ kind }) => kind === 'group');
  expect(byFile.map((row) => row.kind === 'group' && row.title)).toEqual(['cart.test.ts', 'print.test.ts']);
});

test('a child with the number of an earlier one has its own sessions', () => {
  const all = merged([
    run({
      sessions: [session({ since: 1, granted: 1, over: 9 }), session({ since: 61, granted: 61, opened: 62, over: 69 })],
      children: [child({ over: 50 }), child({ since: 40, over: 70 })],
    }),
  ]);
  const lanes = rowsOf(all, 'child', ['vitest']).rows.flatMap((row) =>
    row.kind === 'lane' ? [`${row.part} ${row.items[0]?.from}`] : [],
  );
  expect(lanes).toEqual(['child 0', 'hold 1', 'child 40', 'hold 61']);
});

test('a child that was there before the run, and goes on, has its row and costs no start; the axis begins with the run', () => {
  const event = child({ since: -4_000, ready: -3_800, over: 100, sessions: 2, goesOn: true });
  const sessions = [
    session({}),
    session({ since: 5, granted: 10, opened: 10.4, over: 20, file: '/code/web/b.test.ts' }),
  ];
  const recorded = run({ sessions, children: [event] });
  expect(analyse(recorded).pools[0]?.saved).toEqual({ files: 2, starts: 0, start: 200, time: 400 });
  // As the page has it.
  const data = JSON.parse(JSON.stringify(packRuns([recorded]))) as PackedRuns;
  const all = merged(unpackRuns(data));
  expect(all).toMatchObject({ zero: 1_000, duration: 100 });
  expect(all.children).toEqual([{ run: 0, since: -4_000, ready: -3_800, over: 100, event }]);
  const lanes = rowsOf(all, 'child', ['vitest']).rows.flatMap((row) =>
    row.kind === 'lane' ? [`${row.part} ${row.items.map(({ from, to }) => `${from}-${to}`).join(' ')}`] : [],
  );
  expect(lanes).toEqual(['child -4000-100', 'hold 0-10 10-20', 'wait 5-10']);
  // Beside a run that began earlier, it is where it was.
  const later = merged([recorded, run({}, 400)]);
  expect(later).toMatchObject({ zero: 400, duration: 700, children: [{ since: -3_400, ready: -3_200, over: 700 }] });
});

test('a filter looks for each word, in any case', () => {
  const all = merged([
    run({
      sessions: [
        session({ since: 0 }),
        session({ since: 1, granted: 9, test: 'sorts', failed: true }),
        session({ ...none, since: 2, over: 2 }),
      ],
      leases: [lease({ since: 3, shard: '2/4' })],
    }),
  ]).entries;
  const found = (filter: object): number[] => all.filter(matcher({ ...noFilter, ...filter })).map(({ index }) => index);
  expect(found({})).toEqual([0, 1, 2, 3]);
  expect(found({ text: ' CART  sor' })).toEqual([1]);
  expect(found({ text: '2/4' })).toEqual([3]);
  expect(found({ of: 'lock "printer"' })).toEqual([3]);
  expect(found({ state: 'waited' })).toEqual([1]);
  expect(found({ state: 'failed' })).toEqual([1]);
  expect(found({ state: 'none' })).toEqual([2]);
  expect(sorted(all, { key: 'waited', descending: true }).map(({ index }) => index)).toEqual([1, 0, 2, 3]);
  expect(sorted(all, { key: 'title', descending: false }).map(({ index }) => index)).toEqual([0, 2, 3, 1]);
});

test('the rows of test processes have their calls', () => {
  const all = merged([
    run({
      sessions: [session({ worker: 'vitest 7', since: 1 })],
      leases: [lease({ worker: 'vitest 7', since: 3 }), lease({ worker: 'jest 8', since: 2 })],
    }),
  ]);
  expect(all.entries.filter(matcher({ ...noFilter, text: 'jest 8' })).map(({ index }) => index)).toEqual([1]);
  const { rows } = rowsOf(all, 'worker', ['vitest']);
  const groups = rows.flatMap((row) => (row.kind === 'group' ? [`${row.title}: ${row.note}`] : []));
  expect(groups).toEqual(['vitest 7: 2 calls of 2 test files', 'jest 8: 1 call of 1 test file']);
});

test('who held it while another one waited, the longest overlap first', () => {
  const { entries } = merged([
    run({
      leases: [
        lease({ test: 'waits', since: 10, granted: 30, over: 40 }),
        lease({ test: 'before', since: 0, over: 10 }),
        lease({ test: 'short', since: 0, granted: 26, over: 30 }),
        lease({ test: 'long', since: 0, granted: 8, over: 26 }),
        lease({ test: 'of another name', name: 'scanner', since: 0, granted: 8, over: 26 }),
      ],
    }),
  ]);
  const waiter = entries.find(({ title }) => title === 'waits');
  expect(holdersDuring(waiter!, entries, 5).map(({ title }) => title)).toEqual(['long', 'short']);
  expect(holdersDuring(waiter!, entries, 1)).toHaveLength(1);
});

test('a deadlock is told with its cycle, and not as a call that got nothing; a wait that was too long is one', () => {
  const failure =
    'Cannot acquire lock "x": this would deadlock. …\n  "a" waits for lock "x", which "b" holds\n  "b" waits for lock "y", which "a" holds';
  const leases = [
    ...Array.from({ length: 7 }, () => lease({ granted: undefined, over: 0, failure })),
    lease({ granted: undefined, over: 50, failure: 'Cannot acquire lock "x": timed out after 50 ms' }),
  ];
  const texts = findingsOf(merged([run({ leases })]), []).map(({ level, text }) => `${level}: ${text}`);
  expect(texts).toEqual([
    ...Array.from(
      { length: 5 },
      () => 'error: A deadlock: "a" waits for lock "x", which "b" holds; "b" waits for lock "y", which "a" holds',
    ),
    'error: 2 other deadlocks',
    'warning: 1 call for lock "printer" got nothing',
  ]);
});

test('what is worth a look, the most serious first', () => {
  const runs = [
    run({
      sessions: [
        session({ failed: true }),
        session({ failed: true }),
        session({ ...none, over: 250 }),
        session({ unconfirmed: true }),
      ],
      children: [...Array.from({ length: 7 }, (_, at) => child({ pid: at, failure: 'it exited' })), child({})],
      ended: false,
      dropped: 1_200,
    }),
  ];
  expect(findingsOf(merged(runs), runs).map(({ level, text }) => `${level}: ${text}`)).toEqual([
    'error: 1 test that had a session failed',
    ...[0, 1, 2, 3, 4].map((at) => `error: Child ${at} of pool cart failed after 50 ms: it exited`),
    'error: 2 other children failed, too',
    'warning: 1 call for pool cart got nothing',
    'warning: The end of 1 session was not confirmed in time, so its slot was not used again',
    'note: The longest wait was 250 ms, for pool cart; all waits together took 250 ms',
    'warning: Host 1000 goes on, or was killed: what was open then is missing',
    'warning: 1,200 events of host 1000 did not fit, and are missing',
  ]);
  expect(findingsOf(merged([run({})]), [run({})])).toEqual([]);
});
