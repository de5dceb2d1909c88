/** What pools and shared workers are as fixtures of a test, whichever the runner. */
import { CarpoolError } from '../base/errors.ts';
import type { Config } from '../config/define.ts';

/** The names in a config, each of which is a fixture. */
export interface FixtureNames {
  readonly pools: readonly string[];
  readonly sharedWorkers: readonly string[];
}

export function fixtureNames({ pools = {}, sharedWorkers = {} }: Config): FixtureNames {
  return { pools: Object.keys(pools), sharedWorkers: Object.keys(sharedWorkers) };
}

/**
 * @param taken what the runner itself puts beside the fixtures
 * @throws CarpoolError CONFIG_INVALID if a pool or a shared worker has such a name, or both have the same
 */
export function checkFixtureNames(
  { pools, sharedWorkers }: FixtureNames,
  taken: ReadonlySet<string>,
  runner: string,
): void {
  const givenBy = `${runner} gives every test something of that name`;
  for (const pool of pools) if (taken.has(pool)) throw cannotBe({ pool }, givenBy, 'rename the pool');
  for (const worker of sharedWorkers) {
    if (taken.has(worker)) throw cannotBe({ worker }, givenBy, 'rename the shared worker');
    if (pools.includes(worker)) throw cannotBe({ worker }, 'a pool has that name', 'rename one of them');
  }
}

function cannotBe(
  context: { readonly pool?: string; readonly worker?: string },
  why: string,
  remedy: string,
): CarpoolError {
  const what = context.pool === undefined ? `shared worker "${context.worker}"` : `pool "${context.pool}"`;
  return new CarpoolError('CONFIG_INVALID', `Cannot make a fixture of the ${what}: ${why}; ${remedy}`, { context });
}

/** A wait longer than this has the deadline of the pool. */
const poolsOwn = 60_000;

/**
 * For a wait that is on the clock of a test: it fails a little before the runner's time-out does, because the error of
 * the pool names who holds the slots.
 * @param left milliseconds until then; infinite: no time-out
 */
export function timeoutWithin(left: number, least = 1): { readonly timeout?: number } {
  return left < poolsOwn ? { timeout: Math.max(Math.round(left), least) } : {};
}
