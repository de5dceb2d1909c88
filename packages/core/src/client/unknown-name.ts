/** The errors for names that the config of the run does not have, with what may have been meant. */
import { CarpoolError } from '../base/errors.ts';
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
  const kinds = [
    ...pools.map((known) => ['pool', known] as const),
    ...sharedWorkers.map((known) => ['shared worker', known] as const),
    ...Object.keys(locks).map((known) => ['lock', known] as const),
  ];
  const [meant] = kinds
    .map(([kind, known]) => ({ kind, known, distance: distance(name, known) }))
    .filter((one) => one.distance <= Math.min(2, Math.floor(one.known.length / 3)))
    .toSorted((a, b) => a.distance - b.distance);
  const hint = meant === undefined ? '' : `: did you mean the ${meant.kind} ${JSON.stringify(meant.known)}?`;
  return `the Carpool config of this run has ${known}; add it there, or correct the name${hint}`;
}

/** How many letters must be changed, added or left out to make one of the other; their case does not count. */
function distance(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
