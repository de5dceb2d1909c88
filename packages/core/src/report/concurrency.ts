/** How many there were at each moment. Pure. */
import type { Merged } from './entries.ts';

/** Lists of the same length, for a chart in steps: from `times[i]` on it is so many. */
export interface Concurrency {
  readonly times: readonly number[];
  /** Sessions and leases that were held. */
  readonly held: readonly number[];
  /** Calls that waited. */
  readonly waiting: readonly number[];
}

/** @param most steps; where there are more changes, each step has the mean of its time */
export function concurrency({ entries, duration }: Merged, most: number): Concurrency {
  const changes = entries.flatMap(({ since, granted, over }): Change[] => [
    { at: since, held: 0, waiting: 1 },
    { at: granted ?? over, held: granted === undefined ? 0 : 1, waiting: -1 },
    ...(granted === undefined ? [] : [{ at: over, held: -1, waiting: 0 }]),
  ]);
  changes.sort((a, b) => a.at - b.at);
  const exact = sums(changes, duration);
  return exact.times.length <= most ? exact : means(exact, duration, most);
}

/** The most of each that there were at a time. */
export function peaks({ entries, duration }: Merged): { readonly held: number; readonly waiting: number } {
  const { held, waiting } = concurrency({ zero: 0, children: [], entries, duration }, Infinity);
  const largest = (all: readonly number[]): number => all.reduce((most, one) => Math.max(most, one), 0);
  return { held: largest(held), waiting: largest(waiting) };
}

interface Change {
  readonly at: number;
  readonly held: number;
  readonly waiting: number;
}

/** At one moment only what is so after it counts: what ends makes room for another one. */
function sums(changes: readonly Change[], duration: number): Concurrency {
  const [times, held, waiting] = [[0], [0], [0]];
  let [nowHeld, nowWaiting] = [0, 0];
  for (const change of changes) {
    nowHeld += change.held;
    nowWaiting += change.waiting;
    const last = times.length - 1;
    const at = change.at === times[last] ? last : last + 1;
    times[at] = change.at;
    held[at] = nowHeld;
    waiting[at] = nowWaiting;
  }
  if ((times.at(-1) ?? 0) < duration) {
    times.push(duration);
    held.push(nowHeld);
    waiting.push(nowWaiting);
  }
  return { times, held, waiting };
}

function means({ times, held, waiting }: Concurrency, duration: number, steps: number): Concurrency {
  const length = duration / steps;
  const [sumHeld, sumWaiting] = [Array.from({ length: steps }, () => 0), Array.from({ length: steps }, () => 0)];
  for (const [at, from] of times.entries()) {
    const to = times[at + 1] ?? duration;
    for (let step = Math.floor(from / length); step < steps && step * length < to; step++) {
      const part = (Math.min(to, (step + 1) * length) - Math.max(from, step * length)) / length;
      sumHeld[step] = (sumHeld[step] ?? 0) + part * (held[at] ?? 0);
      sumWaiting[step] = (sumWaiting[step] ?? 0) + part * (waiting[at] ?? 0);
    }
  }
  return {
    times: [...sumHeld.map((_, step) => step * length), duration],
    held: [...sumHeld, sumHeld.at(-1) ?? 0],
    waiting: [...sumWaiting, sumWaiting.at(-1) ?? 0],
  };
}
