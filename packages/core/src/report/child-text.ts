/** What is said of a child. Pure. */
import { startOf } from '../base/timeline.ts';
import type { ChildLife } from './entries.ts';
import { countText, timeText } from './units.ts';

/** "200 ms" */
export function readyText({ event }: ChildLife): string {
  if (event.ready === undefined) return 'never';
  const start = startOf(event);
  return start === undefined ? 'not known' : timeText(start);
}

/** How it ended, or that it has not. */
export function endText({ event: { failure, goesOn } }: ChildLife): string {
  return failure ?? (goesOn === true ? 'goes on, for other runs' : 'ended by its pool');
}

/** In a few words, a line each. */
export function childLines(child: ChildLife): string[] {
  const { event, since, over } = child;
  const start = startOf(event);
  const parts = [
    `pool ${event.pool}`,
    ...(event.since < 0 ? ['was there before the run'] : []),
    ...(event.ready === undefined ? ['was never ready'] : []),
    ...(event.ready !== undefined && start !== undefined ? [`ready after ${timeText(start)}`] : []),
    event.goesOn === true ? 'goes on after the run' : `ended after ${timeText(over - since)}`,
  ];
  return [parts.join(', '), countText(event.sessions, 'session')];
}
