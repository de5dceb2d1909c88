/** The errors for names that the config of the run does not have, with what may have been meant. */
import { CarpoolError } from '../base/errors.ts';
import { closestTo } from '../base/similar.ts';
import type { LockDeclarations } from '../wire/lease-types.ts';

/** The names in the config: all that are fixtures. */
export interface KnownNames {
  readonly pools: readonly string[];
  readonly sharedWorkers?: readonly string[] | undefined;
  readonly locks?: LockDeclarations | undefined;
}

/** The error for a name that is no pool, where one is wanted. */
export function unknownPool(pool: string, names: KnownNames): CarpoolError {
  const message = `Unknown pool ${JSON.stringify(pool)}: ${remedyFor(pool, names)}`;
  return new CarpoolError('CONFIG_INVALID', message, { scope: 'call', context: { pool, pools: names.pools } });
}

/** The error for a fixture that stands for nothing in the config. */
export function unknownFixture(fixture: string, names: KnownNames): CarpoolError {
  const message = `Unknown fixture ${JSON.stringify(fixture)}: it is no pool, lock or shared worker; ${remedyFor(fixture, names)}`;
  return new CarpoolError('CONFIG_INVALID', message, { scope: 'call', context: { fixture, pools: names.pools } });
}

function remedyFor(name: string, names: KnownNames): string {
  const { pools, sharedWorkers = [], locks = {} } = names;
  const list = (some: readonly string[]): string => some.map((one) => JSON.stringify(one)).join(', ');
  const also = (what: string, some: readonly string[]): string =>
    some.length === 0 ? '' : `, and the ${what} ${list(some)}`;
  const ofPools = pools.length === 0 ? 'no pool at all' : `only ${list(pools)}`;
  const known = ofPools + also('shared workers', sharedWorkers) + also('locks', Object.keys(locks));
  const kinds = new Map([
    ...Object.keys(locks).map((known) => [known, 'lock'] as const),
    ...sharedWorkers.map((known) => [known, 'shared worker'] as const),
    ...pools.map((known) => [known, 'pool'] as const),
  ]);
  const meant = closestTo(name, [...kinds.keys()]);
  const hint = meant === undefined ? '' : `: did you mean the ${kinds.get(meant)} ${JSON.stringify(meant)}?`;
  return `the Carpool config of this run has ${known}; add it there, or correct the name${hint}`;
}
