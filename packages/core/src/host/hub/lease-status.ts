/** What is held and waited for in one space of coordination, for `carpool ps`. */
import { take } from '../../base/take.ts';
import type { Coordination } from '../../ledger/coordination.ts';
import { rwlockCapacity, type Lease, type LeaseHolder, type Resource } from '../../ledger/lease.ts';
import type { HolderStatus } from '../../pool/status.ts';
import type { LeaseStatus } from '../../wire/status.ts';

export interface LeaseStatusOptions {
  readonly now: number;
  /** How many entries of each list are named. */
  readonly most: number;
  readonly scope: LeaseStatus['scope'];
  /** The id of the run whose space it is, on a host that serves several. */
  readonly run?: string | undefined;
}

/** The names with the most waits first; of two alike, that with the most holders. */
export function leaseStatus(coordination: Coordination, options: LeaseStatusOptions): LeaseStatus[] {
  const leases = [...coordination.ledger.inUse()].map((resource) => ofResource(resource, options));
  const reserved = [...coordination.reservations.spaces].map((space) => ofSpace(space, options));
  return [...leases, ...reserved];
}

/** For a list of several spaces. */
export function firstOf(leases: readonly LeaseStatus[], most: number): LeaseStatus[] {
  return leases
    .toSorted((a, b) => b.waitCount - a.waitCount || b.holderCount - a.holderCount || (a.name < b.name ? -1 : 1))
    .slice(0, most);
}

function ofResource({ name, kind, size, used, leases, queue }: Resource, options: LeaseStatusOptions): LeaseStatus {
  const { most, scope, run } = options;
  const holder = (lease: Lease): HolderStatus => ofLease(lease, options);
  return {
    name,
    kind,
    scope,
    run,
    size: kind === 'semaphore' ? size : undefined,
    used: kind === 'semaphore' ? used : leases.size,
    holderCount: leases.size,
    holders: [...take(leases, most)].map(holder),
    waitCount: queue.size,
    waiting: [...take(queue, most)].map(holder),
  };
}

function ofLease({ request, weight, since, run }: Lease, { now, scope }: LeaseStatusOptions): HolderStatus {
  const amount = weight === 1 || weight === rwlockCapacity ? undefined : weight;
  return {
    ...labelOf(request.holder),
    ...(scope === 'machine' && { run }),
    age: since === 0 ? undefined : Math.round(now - since),
    amount,
  };
}

function ofSpace(
  [space, values]: readonly [string, ReadonlyMap<string, LeaseHolder>],
  { most, scope, run }: LeaseStatusOptions,
): LeaseStatus {
  const holders = new Map<LeaseHolder, number>();
  for (const holder of values.values()) holders.set(holder, (holders.get(holder) ?? 0) + 1);
  return {
    name: space,
    kind: 'reservation',
    scope,
    run,
    used: values.size,
    holderCount: holders.size,
    holders: [...take(holders, most)].map(([holder, amount]) => ({ ...labelOf(holder), amount })),
    waitCount: 0,
    waiting: [],
  };
}

/** Without the name of its run, which has an id here. */
function labelOf({ test, file, shard, takenAt }: LeaseHolder): HolderStatus {
  return { test, file, shard, takenAt };
}
