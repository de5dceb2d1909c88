import { expect, test } from 'vitest';
import { childEvent } from '../../test/support/timeline-events.ts';
import { startOf, type ChildEvent } from './timeline.ts';

test.each<readonly [string, Partial<ChildEvent>, number | undefined]>([
  ['until it could serve', {}, 200],
  ['to its end, if it never could', { ready: undefined }, 900],
  ['that was before the run', { since: -500, ready: -400 }, 100],
  ['that is not known', { startUnknown: true }, undefined],
])('the start of a child, %s', (_, given, expected) => {
  expect(startOf(childEvent(given))).toBe(expected);
});
