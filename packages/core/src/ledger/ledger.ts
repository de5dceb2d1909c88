/**
 * The holders of locks, permits and roles, and their waiters. Pure: no clock, no connection, no promise.
 *
 *   acquire ──▶ held ──release──▶ over            (in parts, where it has a weight)
 *      │          ▲
 *      └──▶ waiting ──cancel──▶ over
 *
 * Each name has one queue, first in, first out. Small requests do not overtake a large one at its head, so a writer waits
 * for the readers before it, and for none after it.
 */
import { findDeadlock } from './deadlock.ts';
import { selfAndAncestors, blockedOwner, isOwn, type Lease, type Resource, type LeaseRequest } from './lease.ts';
import { checkAmount, checkRequest } from './check-request.ts';
import { deadlockError, mismatch, overweight, tooMany } from './errors.ts';

export interface LedgerLimits {
  /** Names that are remembered. Default 100,000. */
  readonly maxNames: number;
  /** Calls that wait for one name. Default 10,000. */
  readonly maxWaiting: number;
}

const defaults: LedgerLimits = { maxNames: 100_000, maxWaiting: 10_000 };

export class Ledger {
  readonly #limits: LedgerLimits;
  readonly #resources = new Map<string, Resource>();
  /** Waits of an owner and of those inside it. */
  readonly #waits = new Map<string, Set<Lease>>();
  /** Leases of an owner. */
  readonly #holds = new Map<string, Set<Lease>>();
  #held = 0;
  #waiting = 0;

  constructor(limits: Partial<LedgerLimits> = {}) {
    this.#limits = { ...defaults, ...limits };
  }

  /** Leases that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Calls that wait now. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Names that are remembered. */
  get names(): number {
    return this.#resources.size;
  }

  /**
   * @param granted called when its turn comes; not if it is free at once, which `state` then says
   * @throws CarpoolError LEASE_INVALID; LEASE_DEADLOCK if the wait would never end
   */
  acquire(request: LeaseRequest, granted: (lease: Lease) => void): Lease {
    const resource = this.#resource(request);
    const lease = leaseOf(request, resource, granted);
    if (resource.queue.size === 0 && request.weight <= resource.size - resource.used) {
      this.#hold(lease);
      return lease;
    }
    const { maxWaiting } = this.#limits;
    if (resource.queue.size >= maxWaiting) {
      throw tooMany(request, `${maxWaiting} calls wait for it already`, maxWaiting);
    }
    this.#enqueue(lease);
    if (request.detectDeadlock !== false && this.#isWaitedFor(lease)) {
      const cycle = findDeadlock(lease, (owner) => this.#waits.get(owner) ?? []);
      if (cycle !== undefined) {
        this.#dequeue(lease);
        throw deadlockError(lease, cycle);
      }
    }
    return lease;
  }

  /**
   * Without waiting. It overtakes the queue of a semaphore if enough is free, but not that of a reader-writer lock, where
   * readers would starve a writer.
   * @returns the resource if it is taken
   * @throws CarpoolError LEASE_INVALID
   */
  acquireNow(request: LeaseRequest): Lease | Resource {
    const resource = this.#resource(request);
    const may = request.kind === 'semaphore' || resource.queue.size === 0;
    if (!may || request.weight > resource.size - resource.used) return resource;
    const lease = leaseOf(request, resource, () => {});
    this.#hold(lease);
    return lease;
  }

  /** Releases all of it, or a part, or cancels the wait. Does nothing if it is over. */
  release(lease: Lease, amount: number = lease.weight): void {
    switch (lease.state) {
      case 'over':
        return;
      case 'waiting':
        this.#dequeue(lease);
        // The others may have waited for this large request alone.
        this.#advance(lease.resource);
        return;
      case 'held':
        checkAmount(lease, amount);
        this.#giveBack(lease, amount);
        this.#advance(lease.resource);
    }
  }

  /** How many wait for the same before this one. */
  ahead(lease: Lease): number {
    return [...lease.resource.queue].indexOf(lease);
  }

  /** The waiters for what this lease holds, in order. */
  waitingFor(lease: Lease): Lease[] {
    return [...lease.resource.queue];
  }

  /** A new run: names that are not in use may return with another kind or size. */
  renew(): void {
    for (const [key, resource] of this.#resources) if (isIdle(resource)) this.#resources.delete(key);
  }

  #resource(request: LeaseRequest): Resource {
    checkRequest(request);
    const key = request.kind === 'once' ? `once ${request.name}` : `name ${request.name}`;
    const known = this.#resources.get(key);
    if (known !== undefined) {
      if (known.kind !== request.kind || known.size !== request.size) throw mismatch(request, known);
      if (request.weight > known.size) throw overweight(request);
      return known;
    }
    if (request.weight > request.size) throw overweight(request);
    if (this.#resources.size >= this.#limits.maxNames) this.#forgetOne(request);
    const { name, kind, size, holder } = request;
    const resource: Resource = { name, kind, size, holder, used: 0, leases: new Set(), queue: new Set() };
    this.#resources.set(key, resource);
    return resource;
  }

  /** Makes room by forgetting the oldest name that is not in use. */
  #forgetOne(request: LeaseRequest): void {
    for (const [key, resource] of this.#resources) {
      if (!isIdle(resource)) continue;
      this.#resources.delete(key);
      return;
    }
    throw tooMany(request, `${this.#resources.size} names are in use`, this.#limits.maxNames);
  }

  #hold(lease: Lease): void {
    const { resource, weight, request } = lease;
    lease.state = 'held';
    resource.used += weight;
    resource.leases.add(lease);
    this.#held++;
    addTo(this.#holds, request.owner, lease);
  }

  #giveBack(lease: Lease, amount: number): void {
    const { resource, request } = lease;
    resource.used -= amount;
    lease.weight -= amount;
    if (lease.weight > 0) return;
    lease.state = 'over';
    resource.leases.delete(lease);
    this.#held--;
    removeFrom(this.#holds, request.owner, lease);
  }

  /** `granted` may release and acquire before it returns; the loop sees the queue as that leaves it. */
  #advance(resource: Resource): void {
    for (const next of resource.queue) {
      if (next.weight > resource.size - resource.used) return;
      this.#dequeue(next);
      this.#hold(next);
      next.granted(next);
    }
  }

  #enqueue(lease: Lease): void {
    lease.resource.queue.add(lease);
    this.#waiting++;
    for (const owner of selfAndAncestors(blockedOwner(lease.request))) addTo(this.#waits, owner, lease);
  }

  #dequeue(lease: Lease): void {
    lease.state = 'over';
    lease.resource.queue.delete(lease);
    this.#waiting--;
    for (const owner of selfAndAncestors(blockedOwner(lease.request))) removeFrom(this.#waits, owner, lease);
  }

  /** Whether another owner waits for what this one holds, or will hold; if not, the wait can close no cycle. */
  #isWaitedFor(waiter: Lease): boolean {
    const blocked = blockedOwner(waiter.request);
    for (const owner of selfAndAncestors(blocked)) if (isWantedByOthers(this.#holds.get(owner))) return true;
    const before = new Set(this.#waits.get(blocked));
    before.delete(waiter);
    return isWantedByOthers(before);
  }
}

/** @param leases of one owner */
function isWantedByOthers(leases: Iterable<Lease> = []): boolean {
  const seen = new Set<Resource>();
  for (const lease of leases) {
    const { resource } = lease;
    if (seen.has(resource)) continue;
    seen.add(resource);
    for (const wait of resource.queue) if (!isOwn(lease, wait)) return true;
  }
  return false;
}

function leaseOf(request: LeaseRequest, resource: Resource, granted: (lease: Lease) => void): Lease {
  return { request, resource, granted, state: 'waiting', weight: request.weight, since: 0 };
}

function addTo(sets: Map<string, Set<Lease>>, owner: string, lease: Lease): void {
  const known = sets.get(owner);
  if (known === undefined) sets.set(owner, new Set([lease]));
  else known.add(lease);
}

function removeFrom(sets: Map<string, Set<Lease>>, owner: string, lease: Lease): void {
  const known = sets.get(owner);
  known?.delete(lease);
  if (known?.size === 0) sets.delete(owner);
}

function isIdle({ leases, queue }: Resource): boolean {
  return leases.size === 0 && queue.size === 0;
}
