import { expect, test } from 'vitest';
import type { ChildEvent } from '../base/timeline.ts';
import { childEvent } from '../../test/support/timeline-events.ts';
import { childLines, endText, readyText } from './child-text.ts';
import type { ChildLife } from './entries.ts';

/** Of a run that began a second after the first. */
function life(given: Partial<ChildEvent>): ChildLife {
  const event = childEvent(given);
  const { since, ready, over } = event;
  return { run: 1, since: since + 1_000, ready: ready && ready + 1_000, over: over + 1_000, event };
}

test.each<readonly [string, Partial<ChildEvent>, readonly string[]]>([
  ['that its pool has ended', {}, ['pool cart, ready after 200 ms, ended after 900 ms', '200 ms', 'ended by its pool']],
  [
    'that goes on',
    { goesOn: true },
    ['pool cart, ready after 200 ms, goes on after the run', '200 ms', 'goes on, for other runs'],
  ],
  [
    'that was there before its run, and goes on',
    { since: -500, ready: -400, goesOn: true },
    [
      'pool cart, was there before the run, ready after 100 ms, goes on after the run',
      '100 ms',
      'goes on, for other runs',
    ],
  ],
  [
    'that was never ready',
    { ready: undefined, over: 30, failure: 'it exited' },
    ['pool cart, was never ready, ended after 30 ms', 'never', 'it exited'],
  ],
  [
    'that does not say when it is ready',
    { ready: 3, startUnknown: true },
    ['pool cart, ended after 900 ms', 'not known', 'ended by its pool'],
  ],
])('what is said of a child %s', (_, given, expected) => {
  const child = life(given);
  const [first, sessions] = childLines(child);
  expect([first, readyText(child), endText(child)]).toEqual(expected);
  expect(sessions).toBe('2 sessions');
});
