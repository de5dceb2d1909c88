/** What sharing has saved in a run, and what the run suggests. Pure. */
import { savedStarts, type SavedStarts } from '../base/saved-starts.ts';
import type { PoolStats, SlotWaitStats } from '../pool/types.ts';

/** Calls that have waited, and milliseconds of all of them, that are worth a suggestion. */
const manyWaits = { count: 5, total: 5_000 };
/** Test files, and the milliseconds of a start, with which it is worth one that sharing saves next to nothing. */
const manyFiles = { count: 20, start: 30 };
/** Milliseconds of starts that sharing has saved, from which on they are told. */
export const notableSaving = 1_000;

/** Undefined: it is not known how long a child starts, or none was started, as of a replay. A child that was there before the run counts as one that it has started. */
export function savedBy({ children, files = 0, startTime, replayed }: PoolStats): SavedStarts | undefined {
  return replayed === undefined ? savedStarts(files, children, startTime) : undefined;
}

/** What has cost the run most, as a sentence. Undefined: nothing that is worth a line. @param pools those that were used */
export function suggestion(pools: readonly PoolStats[]): string | undefined {
  // A replay costs nothing that another option would change.
  const live = pools.filter(({ replayed }) => replayed === undefined);
  const [narrow] = live
    // Slots that were lost have made tests wait, and not the options: a warning tells those.
    .flatMap((pool) => (pool.waits === undefined || pool.quarantined > 0 ? [] : [{ pool, waits: pool.waits }]))
    .filter(({ waits }) => waits.count >= manyWaits.count && waits.total >= manyWaits.total)
    .toSorted((a, b) => b.waits.total - a.waits.total);
  if (narrow !== undefined) return tooNarrow(narrow.pool, narrow.waits);
  const cheap = live.find(
    ({ files = 0, startTime = Infinity }) => files >= manyFiles.count && startTime <= manyFiles.start,
  );
  if (cheap === undefined) return undefined;
  return `sharing "${cheap.name}" has saved next to nothing: a child of it starts in ${Math.round(cheap.startTime ?? 0)} ms, so each test file can have its own`;
}

function tooNarrow(pool: PoolStats, { count, capped, total }: SlotWaitStats): string {
  const raise = capped * 2 > count ? 'raise `--max-children` of the host of this machine' : raiseOf(pool);
  const saved = savedBy(pool);
  const inVain =
    saved !== undefined && saved.time >= notableSaving && saved.time < total
      ? `, more than the ${seconds(saved.time)} of starts that sharing has saved`
      : '';
  return `${count} sessions of "${pool.name}" waited for a slot, for ${seconds(total)} in all${inVain}: ${raise}`;
}

/** Where the config says how many sessions a child can hold, more of them need more children. */
function raiseOf({ maxSessions, sessionsPerChild }: PoolStats): string {
  if (sessionsPerChild === undefined) return `raise \`maxSessions\` (now ${maxSessions})`;
  return `raise \`children\` (now ${maxSessions / sessionsPerChild}, of ${sessionsPerChild} \`sessionsPerChild\` each)`;
}

function seconds(milliseconds: number): string {
  return milliseconds < 10_000 ? `${(milliseconds / 1_000).toFixed(1)} s` : `${Math.round(milliseconds / 1_000)} s`;
}
