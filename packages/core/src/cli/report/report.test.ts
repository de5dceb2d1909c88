import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ChildEvent, LeaseEvent, SessionEvent } from '../../base/timeline.ts';
import { childEvent } from '../../../test/support/timeline-events.ts';
import { analyse } from '../../report/analyse.ts';
import { chromeTrace } from './chrome-trace.ts';
import { readRun } from './read.ts';
import { runText } from './text.ts';

const header = {
  carpoolTimeline: 1,
  carpool: '1.2.0',
  runner: 'vitest',
  folder: '/code/web',
  pid: 4711,
  zero: Date.UTC(2026, 10, 29, 8),
};

function session(given: Partial<SessionEvent>): SessionEvent {
  const times = { since: 0, granted: 0, opened: 1, over: 10 };
  return { event: 'session', pool: 'cart', id: 's1', child: 4822, ...times, ...given };
}

function child(given: Partial<ChildEvent>): ChildEvent {
  return childEvent({ pid: 4822, ...given });
}

function lease(given: Partial<LeaseEvent>): LeaseEvent {
  return { event: 'lease', name: 'printer', kind: 'lock', since: 0, granted: 0, over: 10, ...given };
}

const end = { event: 'end', over: 1_000, dropped: 0 };

function written(...lines: readonly object[]): string {
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

const whole = written(
  lease({ test: 'prints', file: '/code/web/print.test.ts', takenAt: '/code/web/print.test.ts:3:1', over: 80 }),
  lease({ test: 'prints too', file: '/code/web/print.test.ts', since: 20, granted: 80, over: 90 }),
  session({ test: 'adds', file: '/code/web/cart.test.ts', opened: 210, over: 300 }),
  session({
    id: 's2',
    test: 'removes',
    file: '/code/web/remove.test.ts',
    opened: 204,
    over: 260,
    failed: true,
  }),
  session({
    id: 's3',
    test: 'sorts',
    file: '/code/web/sort.test.ts',
    since: 220,
    granted: 260,
    opened: 262,
    over: 320,
  }),
  session({
    id: undefined,
    child: undefined,
    test: 'is late',
    since: 230,
    granted: undefined,
    opened: undefined,
    over: 280,
  }),
  child({}),
  child({
    pid: 4830,
    since: 950,
    ready: undefined,
    over: 980,
    sessions: 0,
    failure: 'The child of pool "cart" exited with code 3',
  }),
  end,
);

test('a run as text, as docs/command.md shows it', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../../docs/command.md'), 'utf8');
  const [, sample] = /\$ npx carpool report\n([^`]*)```/.exec(page) ?? [];
  const run = readRun(whole);
  expect(runText(run, analyse(run), Infinity)).toBe(sample);
});

test('in a narrow terminal lines go on below', () => {
  const run = readRun(whole);
  const lines = runText(run, analyse(run), 40).split('\n');
  // A path is a word.
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(50);
});

test('waits are from the call to the slot; those of calls that got none are to their end', () => {
  const [pool] = analyse(readRun(whole)).pools;
  expect(pool).toMatchObject({
    sessions: 3,
    without: 1,
    peak: 2,
    waits: { longest: 50, p50: 0, p95: 50, some: 2, of: { test: 'is late' } },
    opens: { longest: 210, of: { test: 'adds' } },
  });
  expect(pool?.lives).toMatchObject({ longest: 300, of: { test: 'adds' } });
});

test('all that were opened and held are counted, also those that took less than a millisecond', () => {
  const short = { granted: 0, opened: 0.4, over: 0.9 };
  const run = readRun(written(session(short), session({}), lease({ over: 0.3 }), lease({}), end));
  const text = runText(run, analyse(run), Infinity);
  expect(text).toContain(' 0 waited for a slot: ');
  expect(text).toContain(' 2 were opened, with the start of their child: ');
  expect(text).toContain(' 2 held their slot: ');
  expect(text).toContain(' 2 held it: ');
});

test('a session that begins when another one ends is not beside it', () => {
  const after = written(session({ over: 10 }), session({ since: 10, granted: 10, over: 20 }));
  expect(analyse(readRun(after)).pools[0]?.peak).toBe(1);
});

test('what sharing has saved: the starts of as many children as there are files, without those that were started', () => {
  const [pool] = analyse(readRun(whole)).pools;
  expect(pool?.saved).toEqual({ files: 3, starts: 2, start: 200, time: 200 });
  const each = readRun(written(session({ file: 'a' }), child({}), child({})));
  expect(runText(each, analyse(each), Infinity)).toContain(
    '2 starts of 200 ms for 1 test file: sharing has saved no start\n',
  );
});

test('a trace has a row for each child, and no two spans of a row at the same time', () => {
  const { traceEvents } = chromeTrace(readRun(whole));
  const names = traceEvents.flatMap(({ ph, name, args }) => (ph === 'M' ? [`${name} ${JSON.stringify(args)}`] : []));
  expect(names).toContain('process_name {"name":"pool cart"}');
  const spans = traceEvents.filter(({ ph }) => ph === 'X');
  expect(spans.find(({ cat }) => cat === 'failed')).toMatchObject({ name: 'removes', ts: 0, dur: 260_000 });
  expect(spans.find(({ cat }) => cat === 'in vain')).toMatchObject({ name: 'is late', dur: 50_000 });
  for (const row of Map.groupBy(spans, ({ tid }) => tid).values()) {
    for (const [at, { ts = 0 }] of row.entries()) {
      const before = row[at - 1];
      expect(ts).toBeGreaterThanOrEqual((before?.ts ?? 0) + (before?.dur ?? 0));
    }
  }
});

test('a child whose start is not known is neither said to be ready at a time nor shown as starting', () => {
  const run = readRun(written(child({ startUnknown: true }), child({ pid: 4830, ready: undefined, over: 30 }), end));
  const text = runText(run, analyse(run), Infinity);
  expect(text).toContain('child 4822: 2 sessions, ended by its pool after 900 ms\n');
  expect(text).toContain('child 4830: not ready after 30 ms\n');
  const spans = chromeTrace(run).traceEvents.filter(({ ph }) => ph === 'X');
  expect(spans.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
    ['child 4822', 0, 900_000],
    ['child 4830 starts', 0, 30_000],
  ]);
});

test('deadlocks are told with their cycles', () => {
  const failure = 'Cannot acquire it: this would deadlock.\n  "a" waits for lock "x", which "a" holds';
  const run = readRun(written(lease({ granted: undefined, failure }), end));
  const text = runText(run, analyse(run), Infinity);
  expect(text).toContain('    a deadlock: "a" waits for lock "x", which "a" holds\n');
  expect(text).toContain('lock "printer": granted 0 times, 1 call got none\n');
});

test('of a host that was killed, the last line may be cut, and there is no end', () => {
  const run = readRun(written(session({})) + '{"event":"sess');
  expect(run).toMatchObject({ ended: false, duration: 10, sessions: [{ id: 's1' }] });
  expect(runText(run, analyse(run), Infinity)).toContain('its host goes on, or was killed');
});

test('events of a kind that is not known are left out', () => {
  expect(readRun(written({ event: 'eclipse', over: 3 }, end))).toMatchObject({ sessions: [], ended: true });
});

test.each([
  ['', 'it is not the timeline of a run'],
  ['{"name":"a package"}\n', 'it is not the timeline of a run'],
  ['no JSON\n', 'it is not the timeline of a run'],
  [
    `${JSON.stringify({ ...header, carpoolTimeline: 2, carpool: '9.0.0' })}\n`,
    'it has version 2, and this command, of an older Carpool, reads version 1: use that of carpool 9.0.0',
  ],
  [`${JSON.stringify({ carpoolTranscript: 1 })}\n`, 'this is a transcript, which `carpool transcript FILE` shows'],
  [`${JSON.stringify({ ...header, zero: 'noon' })}\n`, 'its first line is damaged'],
  [written(session({})).replace('"session"', '"sess'), 'line 2 is damaged'],
  [written({ event: 'session' }), 'line 2 is damaged'],
])('%j is refused: %s', (text, why) => {
  expect(() => readRun(text)).toThrow(why);
});

test('a run in which nothing was shared', () => {
  const run = readRun(written(end));
  expect(runText(run, analyse(run), Infinity)).toContain('no test had a session or a lock');
});
