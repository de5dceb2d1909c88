/**
 * Hosts that offer a pool by a name that this run has, which is another one, and those of another version of Carpool: they are
 * not used, and it is told why. Pure but for the line that is written.
 */
import { printable } from '../../base/printable.ts';
import { version } from '../../base/version.ts';
import { differingParts } from '../../definitions/announced-parts.ts';
import { listed } from '../../definitions/pool-difference.ts';
import type { HostOffer, PoolMade } from '../../reach/offer.ts';
import type { PoolStats } from '../../pool/types.ts';
import { machineName } from '../../wire/elsewhere.ts';
import type { OtherHostStatus, UnlikePool } from '../../wire/status.ts';
import { mostRuns } from './other-runs.ts';
import { placeOffered } from './run-elsewhere.ts';

/** Of the hosts that offer a pool of the name. */
export type OthersStats = NonNullable<PoolStats['others']>;

/** As much of an offer as is compared. */
type Offered = Pick<HostOffer, 'host' | 'name' | 'addresses' | 'pools'>;

/** By the name of the pool. */
type Made = ReadonlyMap<string, PoolMade>;

export class UnlikeHosts {
  readonly #warn: (message: string) => void;
  /** By the pool: its identity then. */
  readonly #told = new Map<string, string>();
  readonly #found = new Map<string, OthersStats>();
  #versionsTold = false;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** A session of the pool is wanted on one of these. It is told once for each pool, and again after an edit. */
  look(pool: string, made: PoolMade, hosts: readonly Offered[]): void {
    const offering = hosts.filter(({ pools }) => Object.hasOwn(pools, pool));
    const unlike = offering.filter(({ pools }) => pools[pool]?.identity !== made.identity);
    this.#found.set(pool, { same: offering.length - unlike.length, of: offering.length });
    if (unlike.length === 0 || this.#told.get(pool) === made.identity) return;
    this.#told.set(pool, made.identity);
    const byWhat = Map.groupBy(unlike, (offer) => whatDiffers(made, offer.pools[pool]) || 'something');
    const told = [...byWhat].map(([what, offers]) => `${what}, on ${listed(offers.map(nameOf))}`);
    const many = unlike.length === 1 ? '1 other host offers' : `${unlike.length} other hosts offer`;
    this.#warn(`${many} ${JSON.stringify(pool)}, but not the same pool. What differs: ${listed(told, '; ')}`);
  }

  /** It is told once. @param others of each host that offers pools with another version than this one */
  versions(others: readonly string[]): void {
    if (others.length === 0 || this.#versionsTold) return;
    this.#versionsTold = true;
    const of = `another version of Carpool (${[...new Set(others)].toSorted().join(', ')}; this is ${version})`;
    const [many, used] =
      others.length === 1 ? ['1 host offers', 'it is'] : [`${others.length} hosts offer`, 'they are'];
    this.#warn(`${many} pools with ${of}: ${used} not used`);
  }

  /** Undefined: no session of it was wanted on other hosts, as far as they were heard of. */
  found(pool: string): OthersStats | undefined {
    return this.#found.get(pool);
  }
}

/** @param open hosts on which the run is @returns those, and hosts with no pool but other ones */
export function statusWithUnlike(
  open: readonly { readonly host: string; readonly status: OtherHostStatus }[],
  hosts: readonly Offered[],
  made: Made,
): OtherHostStatus[] {
  const unlike = new Map(hosts.map((offer) => [offer.host, unlikePools(made, offer)]));
  const of = (host: string): Pick<OtherHostStatus, 'unlike'> => {
    const pools = unlike.get(host) ?? [];
    return pools.length === 0 ? {} : { unlike: pools };
  };
  const known = new Set(open.map(({ host }) => host));
  const unused = hosts.filter(({ host }) => !known.has(host) && of(host).unlike !== undefined).slice(0, mostRuns);
  return [
    ...open.map(({ host, status }) => ({ ...status, ...of(host) })),
    ...unused.map((offer) => ({
      name: printable(offer.name),
      address: placeOffered(offer),
      state: 'unused' as const,
      sessions: 0,
      ...of(offer.host),
    })),
  ];
}

function unlikePools(made: Made, { pools }: Offered): UnlikePool[] {
  return [...made].flatMap(([pool, own]) => {
    const other = Object.hasOwn(pools, pool) ? pools[pool] : undefined;
    if (other === undefined || other.identity === own.identity) return [];
    return [{ pool, what: whatDiffers(own, other) }];
  });
}

/** "engine.mjs, its options"; empty: it is not known. */
function whatDiffers(own: PoolMade, other: PoolMade | undefined): string {
  return printable(listed(differingParts(own.parts, other?.parts)));
}

function nameOf(offer: Offered): string {
  return machineName(printable(offer.name), placeOffered(offer));
}
