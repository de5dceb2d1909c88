/** Which child a session was on. Pure. */
import type { ChildLife, Entry } from './entries.ts';

/**
 * Finds the child of a session: that of its run and its pool. Runs on several machines have children of the same number, and
 * a system gives the number of a process again, so the time counts, too.
 */
export function childFinder(children: readonly ChildLife[]): (entry: Entry) => ChildLife | undefined {
  const lives = Map.groupBy(children, ({ run, event: { pool, pid } }) => JSON.stringify([run, pool, pid]));
  return ({ run, event, granted = 0 }) => {
    if (event.event !== 'session' || event.child === undefined) return undefined;
    const its = lives.get(JSON.stringify([run, event.pool, event.child])) ?? [];
    return its.length < 2 ? its[0] : its.find(({ over }) => granted <= over);
  };
}
