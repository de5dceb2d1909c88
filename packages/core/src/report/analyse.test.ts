/** What is said to be saved: the summary of a run and its report say the same. */
import { expect, test } from 'vitest';
import { savedStarts } from '../base/saved-starts.ts';
import type { ChildEvent, SessionEvent } from '../base/timeline.ts';
import { childEvent } from '../../test/support/timeline-events.ts';
import { analyse } from './analyse.ts';

/** Of a run with a session in each of three test files. */
function saved(...children: readonly ChildEvent[]): unknown {
  const header = { carpoolTimeline: 1, carpool: '1.2.0', folder: '/code/web', pid: 1, zero: 0 } as const;
  const sessions = ['a', 'b', 'c'].map((file): SessionEvent => {
    return { event: 'session', pool: 'cart', file, since: 0, granted: 0, opened: 1, over: 10 };
  });
  return analyse({ header, sessions, children, leases: [], duration: 1_000, ended: true, dropped: 0 }).pools[0]?.saved;
}

test('a start for each test file beyond the children that were started, each as long as the median', () => {
  expect(saved(childEvent())).toEqual({ files: 3, starts: 1, start: 200, time: 400 });
  expect(saved(childEvent(), childEvent({ ready: 300 }), childEvent({ ready: 900 }))).toMatchObject({
    start: 300,
    time: 0,
  });
  // More than there are files: nothing, and not less.
  expect(saved(...Array.from({ length: 5 }, () => childEvent()))).toMatchObject({ starts: 5, time: 0 });
});

test('a child that was started and was never ready was a start, as in the summary', () => {
  expect(saved(childEvent(), childEvent({ ready: undefined, failure: 'it exited' }))).toMatchObject({
    starts: 2,
    time: 200,
  });
});

test('where children do not say when they are ready, what was saved is not known', () => {
  const silent = childEvent({ ready: 2, startUnknown: true });
  expect(saved(silent)).toBeUndefined();
  expect(savedStarts(3, 1, undefined)).toBeUndefined();
  // The median is of those that have said it.
  expect(saved(silent, childEvent())).toMatchObject({ starts: 2, start: 200, time: 200 });
});
