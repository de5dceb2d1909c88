/**
 * Which host a registration goes to. Pure: no clock, no I/O.
 *
 * The least loaded one that has the pool. Not a queue group of NATS: those choose at random. Where all are full, it waits in
 * the shortest queue, in turns: hosts whose queues are equally long get one after the other.
 */
import type { HostOffer } from './offer.ts';

export interface PoolWanted {
  readonly name: string;
  readonly identity: string;
}

/** As much of an offer as decides. */
export type Candidate = Pick<HostOffer, 'host' | 'pools' | 'load'>;

/** What this host has sent since the others were last heard of: what they say of themselves is older than that. */
export type Sent = ReadonlyMap<string, number>;

/**
 * @param sent registrations that are on their way to a host, and are not in what it says of itself
 * @returns undefined: no host has the pool
 */
export function placeOf<C extends Candidate>(wanted: PoolWanted, hosts: Iterable<C>, sent: Sent): C | undefined {
  let best: { readonly host: C; readonly order: readonly number[] } | undefined;
  for (const host of hosts) {
    const order = orderOf(wanted, host, sent.get(host.host) ?? 0);
    if (order === undefined) continue;
    if (
      best === undefined ||
      isBefore(order, best.order) ||
      (!isBefore(best.order, order) && host.host < best.host.host)
    )
      best = { host, order };
  }
  return best?.host;
}

/** It has the pool. */
export function has({ name, identity }: PoolWanted, { pools }: Candidate): boolean {
  return Object.hasOwn(pools, name) && pools[name]?.identity === identity && pools[name].slots > 0;
}

/** The lowest first, number by number. Undefined: it has no such pool. */
function orderOf(wanted: PoolWanted, host: Candidate, sent: number): readonly number[] | undefined {
  const pool = has(wanted, host) ? host.pools[wanted.name] : undefined;
  if (pool === undefined) return undefined;
  // Those that wait, and those on their way, as shares of what there is: a large host takes more.
  const ahead = pool.queued + sent - pool.free;
  const full = ahead >= 0;
  return full ? [1, ahead / pool.slots, host.load] : [0, (pool.slots + ahead) / pool.slots, host.load];
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  for (const [place, value] of one.entries()) {
    const against = other[place] ?? 0;
    if (value !== against) return value < against;
  }
  return false;
}
