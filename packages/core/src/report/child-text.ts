/** What is said of a child. Pure. */
import type { ChildLife } from './entries.ts';
import { countText, timeText } from './units.ts';

/** "200 ms" */
export function readyText({ event, since, ready }: ChildLife): string {
  if (ready === undefined) return 'never';
  return event.startUnknown === true ? 'not known' : timeText(ready - since);
}

/** How it ended, or that it has not. */
export function endText({ event: { failure, goesOn } }: ChildLife): string {
  return failure ?? (goesOn === true ? 'goes on, for other runs' : 'ended by its pool');
}

/** In a few words, a line each. */
export function childLines(child: ChildLife): string[] {
  const { event, since, ready, over } = child;
  const parts = [
    `pool ${event.pool}`,
    ...(event.since < 0 ? ['was there before the run'] : []),
    ...(ready === undefined ? ['was never ready'] : []),
    ...(ready !== undefined && event.startUnknown !== true ? [`ready after ${timeText(ready - since)}`] : []),
    event.goesOn === true ? 'goes on after the run' : `ended after ${timeText(over - since)}`,
  ];
  return [parts.join(', '), countText(event.sessions, 'session')];
}
