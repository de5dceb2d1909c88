/** How fast things happen, from what a host counts: differences over the last seconds. */
import type { StatusResult } from '../../../wire/status.ts';
import { keyOf } from './pool-keys.ts';

/** Milliseconds that are looked back on. */
const window = 3_000;

interface Sample {
  /** Milliseconds of any clock. */
  readonly at: number;
  /** What was counted by then, by its name. */
  readonly counts: ReadonlyMap<string, number>;
}

export type Samples = readonly Sample[];

/** With what a host says now. The oldest are forgotten, but for one at the beginning of the window. */
export function sampled(samples: Samples, status: StatusResult, at: number): Samples {
  const counts = new Map<string, number>();
  for (const pool of status.pools) {
    const key = keyOf(pool);
    add(counts, openedIn(key), pool.opened);
    for (const { pid, messages } of pool.children) {
      add(counts, messagesIn(key), messages);
      if (pid !== undefined) add(counts, messagesOf(pid), messages);
    }
  }
  const first = samples.findLastIndex((sample) => at - sample.at >= window);
  return [...samples.slice(Math.max(0, first)), { at, counts }];
}

/** Names of counts. Of a pool by its key. */
export const openedIn = (pool: string): string => `opened ${pool}`;
export const messagesIn = (pool: string): string => `messages ${pool}`;
export const messagesOf = (child: number): string => `child ${child}`;

/** Of one second. Undefined: it was not counted twice. What counts less than before has begun anew. */
export function rateOf(samples: Samples, name: string): number | undefined {
  const counted = samples.flatMap(({ at, counts }) => {
    const count = counts.get(name);
    return count === undefined ? [] : [{ at, count }];
  });
  const [first] = counted;
  const last = counted.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return undefined;
  // A child that has ended is counted no more.
  const steps = counted.slice(1).map(({ count }, at) => Math.max(0, count - (counted[at]?.count ?? 0)));
  return (steps.reduce((sum, step) => sum + step, 0) * 1_000) / (last.at - first.at);
}

/** "0", "0.3", "12", "1,234": of a second. */
export function rateText(rate: number | undefined): string {
  if (rate === undefined) return '';
  if (rate === 0 || rate >= 9.95) return Math.round(rate).toLocaleString('en');
  return rate.toFixed(1);
}

function add(counts: Map<string, number>, name: string, value: number): void {
  counts.set(name, (counts.get(name) ?? 0) + value);
}
