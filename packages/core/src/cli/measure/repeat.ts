import { systemClock } from '../../base/clock.ts';
import type { Started } from './start-command.ts';
import { median, medianOfKnown, type ProcessCost } from './suite.ts';

export interface RepeatOptions {
  readonly runs: number;
  /** Called before each run. */
  readonly progress: (run: number) => void;
}

/** How often it was started, and the medians. */
export interface Repeated extends ProcessCost {
  readonly runs: number;
  /** Milliseconds: the fastest start, and the slowest. */
  readonly fastest: number;
  readonly slowest: number;
}

/** No further start begins after this many milliseconds, if there were two. */
const budget = 20_000;
const least = 2;

/** Starts again and again. A slow start is repeated less often: its time varies less, compared with its length. */
export async function repeat(start: () => Promise<Started>, { runs, progress }: RepeatOptions): Promise<Repeated> {
  const all: Started[] = [];
  const began = systemClock.now();
  while (all.length < runs && (all.length < least || systemClock.now() - began < budget)) {
    progress(all.length + 1);
    all.push(await start());
  }
  const walls = all.map(({ wall }) => wall);
  const total = medianOfKnown(all.map(({ memory }) => memory?.total));
  const files = medianOfKnown(all.map(({ memory }) => memory?.files));
  return {
    runs: all.length,
    wall: median(walls),
    fastest: Math.min(...walls),
    slowest: Math.max(...walls),
    cpu: medianOfKnown(all.map(({ cpu }) => cpu)),
    memory: total === undefined || files === undefined ? undefined : { total, files },
  };
}
