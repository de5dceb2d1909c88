/**
 * Which host a registration goes to. Pure: no clock, no I/O.
 *
 * The least loaded one that has the pool. Not a queue group of NATS: those choose at random. Where all are full, it waits in
 * the shortest queue, in turns: hosts whose queues are equally long get one after the other.
 */

/** One pool of a host. */
export interface PoolLoad {
  /** The digest of its definition: hosts may have another one under the same name. */
  readonly identity: string;
  readonly slots: number;
  readonly free: number;
  readonly queued: number;
}

/** What a host says of itself. */
export interface HostLoad {
  readonly host: string;
  /** Where sessions on it are reached, by TLS. */
  readonly address: string;
  readonly pools: Readonly<Record<string, PoolLoad>>;
  /** Of its processors, from 0: how many processes want one, for each that there is. */
  readonly load: number;
}

export interface PoolWanted {
  readonly name: string;
  readonly identity: string;
}

/** What this host has sent since the others were last heard of: what they say of themselves is older than that. */
export type Sent = ReadonlyMap<string, number>;

/**
 * @param sent registrations that are on their way to a host, and are not in what it says of itself
 * @returns undefined: no host has the pool
 */
export function placeOf(wanted: PoolWanted, hosts: Iterable<HostLoad>, sent: Sent): HostLoad | undefined {
  let best: { readonly host: HostLoad; readonly order: readonly number[] } | undefined;
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

/** The lowest first, number by number. Undefined: it has no such pool. */
function orderOf(
  { name, identity }: PoolWanted,
  { pools, load }: HostLoad,
  sent: number,
): readonly number[] | undefined {
  const pool = Object.hasOwn(pools, name) ? pools[name] : undefined;
  if (pool === undefined || pool.identity !== identity || pool.slots === 0) return undefined;
  // Those that wait, and those on their way, as shares of what there is: a large host takes more.
  const ahead = pool.queued + sent - pool.free;
  const full = ahead >= 0;
  return full ? [1, ahead / pool.slots, load] : [0, (pool.slots + ahead) / pool.slots, load];
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  for (const [place, value] of one.entries()) {
    const against = other[place] ?? 0;
    if (value !== against) return value < against;
  }
  return false;
}
