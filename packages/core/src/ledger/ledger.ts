/**
 * The holders of locks, permits and roles, and their waiters. Pure: no clock, no connection, no promise.
 *
 *   acquire ──▶ held ──release──▶ over            (in parts, where it has a weight)
 *      │          ▲
 *      └──▶ waiting ──cancel──▶ over
 *
 * Each name has one queue: first in, first out within a run, and fair between runs. Small requests do not overtake a large
 * one at its head, so a writer waits for the readers before it, and for none of its run after it.
 */
import { take } from '../base/take.ts';
import { FairQueue } from '../base/fair-queue.ts';
import { findDeadlock } from './deadlock.ts';
import { selfAndAncestors, blockedOwner, type Lease, type Resource, type LeaseRequest } from './lease.ts';
import { checkAmount, checkRequest } from './check-request.ts';
import { deadlockError, mismatch, named, overweight, tooMany } from './errors.ts';

export interface LedgerLimits {
  /** Names that are remembered. Default 100,000. */
  readonly maxNames: number;
  /** Calls of one run that wait for one name. Default 10,000. */
  readonly maxWaiting: number;
}

const defaults: LedgerLimits = { maxNames: 100_000, maxWaiting: 10_000 };

export class Ledger {
  readonly #limits: LedgerLimits;
  readonly #resources = new Map<string, Resource>();
  /** Leases of an owner that last as long as it does. */
  readonly #lasting = new Map<string, Set<Lease>>();
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
    if (resource.queue.sizeOf(request.run) >= maxWaiting) {
      throw tooMany(request, `${maxWaiting} calls wait for it already`, maxWaiting);
    }
    this.#enqueue(lease);
    if (isWaitedFor(lease)) {
      const cycle = findDeadlock(lease);
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
    let ahead = 0;
    for (const wait of lease.resource.queue) {
      if (wait === lease) return ahead;
      ahead++;
    }
    return -1;
  }

  /** What has it before a waiter, in order: the holders, then those that wait before it. At most 8. */
  before(waiter: Lease): Lease[] {
    const before: Lease[] = [];
    const { leases, queue } = waiter.resource;
    for (const lease of [leases, queue].flatMap((some) => [...take(some, named)])) {
      if (lease === waiter || before.length === named) break;
      before.push(lease);
    }
    return before;
  }

  /** The waiters for what this lease holds, in order. */
  waitingFor(lease: Lease): Lease[] {
    return [...lease.resource.queue];
  }

  /** What is held, or waited for. Not to be changed meanwhile. */
  *inUse(): Generator<Resource> {
    for (const resource of this.#resources.values()) if (!isIdle(resource)) yield resource;
  }

  /** A new run: names that are not in use may return with another kind or size. */
  renew(): void {
    for (const [key, resource] of this.#resources) if (isIdle(resource)) this.#resources.delete(key);
  }

  #resource(request: LeaseRequest): Resource {
    checkRequest(request);
    const key = request.kind === 'once' ? `once ${request.name}` : `name ${request.name}`;
    const known = this.#remembered(key, request);
    if (known !== undefined) {
      if (known.kind !== request.kind || known.size !== request.size) throw mismatch(request, known);
      if (request.weight > known.size) throw overweight(request);
      return known;
    }
    if (request.weight > request.size) throw overweight(request);
    if (this.#resources.size >= this.#limits.maxNames) this.#forgetOne(request);
    const { name, kind, size, holder, run } = request;
    const resource: Resource = { name, kind, size, holder, run, used: 0, leases: new Set(), queue: new FairQueue() };
    this.#resources.set(key, resource);
    return resource;
  }

  /** What a name is, unless it was that for another run, and is not in use. */
  #remembered(key: string, { kind, size, run }: LeaseRequest): Resource | undefined {
    const known = this.#resources.get(key);
    if (known === undefined || known.run === run || !isIdle(known)) return known;
    return known.kind === kind && known.size === size ? known : undefined;
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
    if (request.lasts !== undefined) addTo(this.#lasting, request.owner, lease);
  }

  #giveBack(lease: Lease, amount: number): void {
    const { resource, request } = lease;
    resource.used -= amount;
    lease.weight -= amount;
    if (lease.weight > 0) return;
    lease.state = 'over';
    resource.leases.delete(lease);
    this.#held--;
    if (request.lasts !== undefined) removeFrom(this.#lasting, request.owner, lease);
  }

  /** `granted` may release and acquire before it returns; the loop sees the queue as that leaves it. */
  #advance(resource: Resource): void {
    for (let next = resource.queue.first; next !== undefined; next = resource.queue.first) {
      if (next.weight > resource.size - resource.used) return;
      resource.queue.shift();
      this.#waitIsOver(next);
      this.#hold(next);
      next.granted(next);
    }
  }

  #enqueue(lease: Lease): void {
    lease.resource.queue.add(lease);
    this.#waiting++;
    if (lease.request.detectDeadlock === false) return;
    lease.keeps = this.#keptMeanwhile(lease.request);
    for (const kept of lease.keeps) kept.keptBy.add(lease);
  }

  /** What is not released while a request waits. */
  #keptMeanwhile(request: LeaseRequest): Lease[] {
    const kept = new Set(request.chain?.filter(({ state }) => state === 'held'));
    const blocked = blockedOwner(request);
    for (const owner of this.#lasting.size === 0 ? [] : selfAndAncestors(blocked)) {
      for (const lease of this.#lasting.get(owner) ?? []) {
        if (owner !== blocked || lease.request.lasts === 'itself') kept.add(lease);
      }
    }
    return [...kept];
  }

  /** It gives up, or is refused. */
  #dequeue(lease: Lease): void {
    lease.state = 'over';
    lease.resource.queue.delete(lease);
    this.#waitIsOver(lease);
  }

  #waitIsOver(lease: Lease): void {
    this.#waiting--;
    for (const kept of lease.keeps) kept.keptBy.delete(lease);
    lease.keeps = [];
  }
}

/** Whether something waits for what this wait keeps, or it does so itself; if not, it closes no cycle. */
function isWaitedFor({ keeps }: Lease): boolean {
  return keeps.some(({ resource }) => resource.queue.size > 0);
}

function leaseOf(request: LeaseRequest, resource: Resource, granted: (lease: Lease) => void): Lease {
  return {
    run: request.run,
    request,
    resource,
    granted,
    state: 'waiting',
    weight: request.weight,
    since: 0,
    keeps: [],
    keptBy: new Set(),
  };
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
