/** What has happened in a recorded run, for tests. */
import type { ChildEvent } from '../../src/base/timeline.ts';

/** A child that could serve after 200 ms, and ended after 900. */
export function childEvent(given: Partial<ChildEvent> = {}): ChildEvent {
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
