/** From how long a start on sharing takes less time: from the runs themselves. Pure. */

/** Wall times of one round in seconds, with a renderer that takes `start` milliseconds to start. */
export interface Pair {
  readonly start: number;
  readonly perFile: number;
  readonly carpool: number;
}

export interface BreakEven {
  /** Milliseconds, the median of the rounds. 0: sharing takes less even if a start takes no time. */
  readonly start: number;
  /** The middle half of the rounds says that it lies between these: a single round may have been disturbed. */
  readonly least: number;
  readonly most: number;
}

/**
 * What sharing saves grows with the start, by the line through what was measured: the rounds with the renderer as it is,
 * and one each with slower ones, the next slower first. These are taken to vary as the rounds do.
 * @returns undefined if a slower start did not save more: the machine is too busy to say anything
 */
export function breakEven(rounds: readonly Pair[], slower: readonly Pair[]): BreakEven | undefined {
  const start = rounds[0]?.start;
  if (start === undefined) return undefined;
  const usual = median(rounds.map(saved));
  if (usual === undefined) return undefined;
  const line = [{ start, saved: usual }, ...slower.map((pair) => ({ start: pair.start, saved: saved(pair) }))];
  const middle = crossing(line);
  const all = rounds.map((round) => crossing(line.map((one) => ({ ...one, saved: one.saved + saved(round) - usual }))));
  const known = all.filter((value) => value !== undefined);
  if (middle === undefined || known.length < all.length) return undefined;
  return { start: middle, least: quantile(known, 0.25), most: quantile(known, 0.75) };
}

interface Point {
  readonly start: number;
  /** Seconds. */
  readonly saved: number;
}

const saved = ({ perFile, carpool }: Pair): number => perFile - carpool;

/** Where the line through the points crosses nothing saved; before the first point the first piece of it goes on. */
function crossing([first, ...others]: readonly Point[]): number | undefined {
  let from = first;
  for (const to of others) {
    if (from === undefined) return undefined;
    if (to.saved > 0 || to === others.at(-1)) {
      const slope = (to.saved - from.saved) / (to.start - from.start);
      return slope > 0 ? Math.max(0, to.start - to.saved / slope) : undefined;
    }
    from = to;
  }
  return undefined;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [below = 0, above = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  const [low, high] = [known[(known.length - 1) >> 1], known[known.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
