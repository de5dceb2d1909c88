/** What is said to be saved: the summary of a run and its report say the same. */
import { expect, test } from 'vitest';
import { savedStarts } from '../base/saved-starts.ts';
import type { ChildEvent, SessionEvent } from '../base/timeline.ts';
import { analyse } from './analyse.ts';

function child(given: Partial<ChildEvent> = {}): ChildEvent {
  return {
    event: 'child',
    pool: 'cart',
    pid: 7,
    generation: 1,
    since: 0,
    ready: 200,
    over: 900,
    sessions: 2,
    ...given,
  };
}

/** Of a run with a session in each of three test files. */
function saved(...children: readonly ChildEvent[]): unknown {
  const header = { carpoolTimeline: 1, carpool: '1.2.0', folder: '/code/web', pid: 1, zero: 0 } as const;
  const sessions = ['a', 'b', 'c'].map((file): SessionEvent => {
    return { event: 'session', pool: 'cart', file, since: 0, granted: 0, opened: 1, over: 10 };
  });
  return analyse({ header, sessions, children, leases: [], duration: 1_000, ended: true, dropped: 0 }).pools[0]?.saved;
}

test('a start for each test file beyond the children that were started, each as long as the median', () => {
  expect(saved(child())).toEqual({ files: 3, starts: 1, start: 200, time: 400 });
  expect(saved(child(), child({ ready: 300 }), child({ ready: 900 }))).toMatchObject({ start: 300, time: 0 });
  // More than there are files: nothing, and not less.
  expect(saved(...Array.from({ length: 5 }, () => child()))).toMatchObject({ starts: 5, time: 0 });
});

test('a child that was started and was never ready was a start, as in the summary', () => {
  expect(saved(child(), child({ ready: undefined, failure: 'it exited' }))).toMatchObject({ starts: 2, time: 200 });
});

test('where children do not say when they are ready, what was saved is not known', () => {
  const silent = child({ ready: 2, startUnknown: true });
  expect(saved(silent)).toBeUndefined();
  expect(savedStarts(3, 1, undefined)).toBeUndefined();
  // The median is of those that have said it.
  expect(saved(silent, child())).toMatchObject({ starts: 2, start: 200, time: 200 });
});
