/** What pools are as fixtures of a test, whichever the runner. */
import { CarpoolError } from '../base/errors.ts';

/**
 * @param taken what the runner itself puts beside the fixtures
 * @throws CarpoolError CONFIG_INVALID if a pool has such a name
 */
export function refuseTaken(names: readonly string[], taken: ReadonlySet<string>, runner: string): void {
  const name = names.find((candidate) => taken.has(candidate));
  if (name === undefined) return;
  const words = `Cannot make a fixture of the pool "${name}": ${runner} gives every test something of that name; rename the pool`;
  throw new CarpoolError('CONFIG_INVALID', words, { context: { pool: name } });
}

/** A wait longer than this has the deadline of the pool. */
const poolsOwn = 60_000;

/**
 * For a wait that is on the clock of a test: it fails a little before the runner's time-out does, because the error of
 * the pool names who holds the slots.
 * @param left milliseconds until then; infinite: no time-out
 */
export function patience(left: number, least = 1): { readonly timeout?: number } {
  return left < poolsOwn ? { timeout: Math.max(Math.round(left), least) } : {};
}
