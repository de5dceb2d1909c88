import { expect, test } from 'vitest';
import type { SessionEvent } from '../base/timeline.ts';
import { childEvent } from '../../test/support/timeline-events.ts';
import { childFinder } from './child-sessions.ts';
import { merged } from './entries.ts';
import type { RecordedRun } from './recorded-run.ts';

function session(given: Partial<SessionEvent>): SessionEvent {
  const times = { since: 0, granted: 0, opened: 2, over: 10 };
  return { event: 'session', pool: 'cart', id: 's1', child: 7, test: 'adds', ...times, ...given };
}

function run(pid: number, given: Pick<RecordedRun, 'sessions' | 'children'>): RecordedRun {
  const header = { carpoolTimeline: 1, carpool: '1.2.0', runner: 'vitest', folder: '/code/web', pid, zero: 0 } as const;
  return { header, leases: [], duration: 100, ended: true, dropped: 0, ...given };
}

/** The tests of each child, in the order of the children. */
function shown(...runs: readonly RecordedRun[]): string[][] {
  const { entries, children } = merged(runs);
  const childOf = childFinder(children);
  return children.map((one) => entries.filter((entry) => childOf(entry) === one).map(({ title }) => title));
}

test('a child has the sessions of its own run, also where another run has a child with the same pid', () => {
  const one = run(1, { sessions: [session({ test: 'adds' })], children: [childEvent()] });
  const two = run(2, { sessions: [session({ test: 'sorts' }), session({ test: 'lists' })], children: [childEvent()] });
  expect(shown(one, two)).toEqual([['adds'], ['sorts', 'lists']]);
});

test('and those of its own pool', () => {
  const sessions = [session({ test: 'adds' }), session({ test: 'sorts', pool: 'sheet' })];
  expect(shown(run(1, { sessions, children: [childEvent({ pool: 'sheet' }), childEvent()] }))).toEqual([
    ['sorts'],
    ['adds'],
  ]);
});

test('where its pid is given again, it has those that got their slot before its end; one without a slot is on none', () => {
  const sessions = [
    session({ test: 'adds', granted: 3, over: 9 }),
    // It has waited for the second.
    session({ test: 'sorts', since: 20, granted: 61, over: 69 }),
    session({ test: 'got none', granted: undefined, opened: undefined, child: undefined }),
  ];
  expect(
    shown(run(1, { sessions, children: [childEvent({ over: 50 }), childEvent({ since: 60, over: 70 })] })),
  ).toEqual([['adds'], ['sorts']]);
});
