/**
 * Who holds which lock, permit or role, and who waits for it. Pure: no time of its own, no connection, no promise.
 *
 *   acquire ──▶ held ──release──▶ over            (in parts, where it has a weight)
 *      │          ▲
 *      └──▶ waiting ──cancel──▶ over
 *
 * Whoever waits waits in one queue for each name, first in, first out: a large wish at its head is not overtaken by small
 * ones, so a writer waits for the readers before it, and for none after it.
 */
import { circleOf } from './deadlock.ts';
import { around, flowOf, isOwn, readers, type Lease, type Resource, type Wish } from './lease.ts';
import { deadlockError, describeWish, invalid, mismatch, tooMany } from './errors.ts';

export interface LedgerLimits {
  /** Names that are remembered. Default 100,000. */
  readonly maxNames: number;
  /** Calls that wait for one name. Default 10,000. */
  readonly maxWaiting: number;
}

const defaults: LedgerLimits = { maxNames: 100_000, maxWaiting: 10_000 };
/** Characters of a name. */
const longestName = 1_000;

export class Ledger {
  readonly #limits: LedgerLimits;
  readonly #resources = new Map<string, Resource>();
  /** What waits in an owner and inside it. */
  readonly #waits = new Map<string, Set<Lease>>();
  /** What an owner holds. */
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
   * @param granted called when it is there, unless it is there at once: then `state` says so
   * @throws CarpoolError LEASE_INVALID; LEASE_DEADLOCK if the wait would never end
   */
  acquire(wish: Wish, granted: (lease: Lease) => void): Lease {
    const resource = this.#resource(wish);
    const lease = leaseOf(wish, resource, granted);
    if (resource.queue.size === 0 && wish.weight <= resource.size - resource.used) {
      this.#hold(lease);
      return lease;
    }
    const { maxWaiting } = this.#limits;
    if (resource.queue.size >= maxWaiting) {
      throw tooMany(wish, `${maxWaiting} calls wait for it already`, maxWaiting);
    }
    this.#enqueue(lease);
    if (wish.deadlock !== false && this.#isWaitedFor(lease)) {
      const circle = circleOf(lease, (owner) => this.#waits.get(owner) ?? []);
      if (circle !== undefined) {
        this.#dequeue(lease);
        throw deadlockError(lease, circle);
      }
    }
    return lease;
  }

  /**
   * Without waiting. A semaphore's queue is passed by, if what is free is enough; that of a reader-writer lock is not,
   * because readers that pass by would starve a writer.
   * @throws CarpoolError LEASE_INVALID
   */
  acquireNow(wish: Wish): Lease | Resource {
    const resource = this.#resource(wish);
    const may = wish.kind === 'semaphore' || resource.queue.size === 0;
    if (!may || wish.weight > resource.size - resource.used) return resource;
    const lease = leaseOf(wish, resource, () => {});
    this.#hold(lease);
    return lease;
  }

  /** Gives back all of it, or a part, or gives up waiting. What is over already is left alone. */
  release(lease: Lease, amount: number = lease.weight): void {
    switch (lease.state) {
      case 'over':
        return;
      case 'waiting':
        this.#dequeue(lease);
        // A large wish may have been all that the others waited for.
        this.#advance(lease.resource);
        return;
      case 'held':
        this.#giveBack(lease, checkedAmount(lease, amount));
        this.#advance(lease.resource);
    }
  }

  /** Those who wait for the same before this one. */
  ahead(lease: Lease): number {
    return [...lease.resource.queue].indexOf(lease);
  }

  /** The queue that this lease is at the head of, in order. */
  waitingFor(lease: Lease): Lease[] {
    return [...lease.resource.queue];
  }

  /** A new run: names that nobody uses now may come back with another kind or size. */
  renew(): void {
    for (const [key, resource] of this.#resources) if (isIdle(resource)) this.#resources.delete(key);
  }

  #resource(wish: Wish): Resource {
    checkWish(wish);
    const key = wish.kind === 'once' ? `once ${wish.name}` : `name ${wish.name}`;
    const known = this.#resources.get(key);
    if (known !== undefined) {
      if (known.kind !== wish.kind || known.size !== wish.size) throw mismatch(wish, known);
      if (wish.weight > known.size) throw overweight(wish);
      return known;
    }
    if (wish.weight > wish.size) throw overweight(wish);
    if (this.#resources.size >= this.#limits.maxNames) this.#forgetOne(wish);
    const { name, kind, size, who } = wish;
    const resource: Resource = { name, kind, size, who, used: 0, leases: new Set(), queue: new Set() };
    this.#resources.set(key, resource);
    return resource;
  }

  /** The oldest name that nobody uses makes room. */
  #forgetOne(wish: Wish): void {
    for (const [key, resource] of this.#resources) {
      if (!isIdle(resource)) continue;
      this.#resources.delete(key);
      return;
    }
    throw tooMany(wish, `${this.#resources.size} names are in use`, this.#limits.maxNames);
  }

  #hold(lease: Lease): void {
    const { resource, weight, wish } = lease;
    lease.state = 'held';
    resource.used += weight;
    resource.leases.add(lease);
    this.#held++;
    addTo(this.#holds, wish.owner, lease);
  }

  #giveBack(lease: Lease, amount: number): void {
    const { resource, wish } = lease;
    resource.used -= amount;
    lease.weight -= amount;
    if (lease.weight > 0) return;
    lease.state = 'over';
    resource.leases.delete(lease);
    this.#held--;
    removeFrom(this.#holds, wish.owner, lease);
  }

  /** In a loop over the queue as it is then: whoever is granted may release, and come back, before this returns. */
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
    for (const owner of around(flowOf(lease.wish))) addTo(this.#waits, owner, lease);
  }

  #dequeue(lease: Lease): void {
    lease.state = 'over';
    lease.resource.queue.delete(lease);
    this.#waiting--;
    for (const owner of around(flowOf(lease.wish))) removeFrom(this.#waits, owner, lease);
  }

  /** Somebody else waits for what this one has, or will have: else it can close no circle. */
  #isWaitedFor(asker: Lease): boolean {
    const flow = flowOf(asker.wish);
    for (const owner of around(flow)) if (isWantedByOthers(this.#holds.get(owner))) return true;
    const before = new Set(this.#waits.get(flow));
    before.delete(asker);
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

function leaseOf(wish: Wish, resource: Resource, granted: (lease: Lease) => void): Lease {
  return { wish, resource, granted, state: 'waiting', weight: wish.weight, since: 0 };
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

function checkWish(wish: Wish): void {
  const { name, kind, size, weight } = wish;
  checkName(name);
  if (!isWhole(size)) {
    const why = `the size of a semaphore is a whole number from 1, and not ${String(size)}`;
    throw invalid(`semaphore ${JSON.stringify(name)}`, why, { name, size });
  }
  if (!isWhole(weight)) {
    const why = `the weight is a whole number from 1, and not ${String(weight)}`;
    throw invalid(describeWish(wish), why, { name, weight });
  }
  const fits =
    kind === 'semaphore' || (kind === 'rwlock' ? size === readers && (weight === 1 || weight === readers) : size === 1);
  if (!fits) throw invalid(JSON.stringify(name), `no ${kind} has the size ${size} and the weight ${weight}`, { name });
}

/** @throws CarpoolError LEASE_INVALID */
export function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') {
    throw invalid('what was asked for', `a name is a string, and not ${typeof name}`, { name: String(name) });
  }
  if (name.length <= longestName) return;
  const short = `${name.slice(0, 40)}…`;
  throw invalid(JSON.stringify(short), `the name has more than ${longestName} characters`, { name: short });
}

function overweight(wish: Wish): Error {
  const { name, size, weight } = wish;
  const why = `there are only ${size} of it, so that it would wait for ever`;
  return invalid(describeWish(wish), why, { name, size, weight });
}

function checkedAmount({ wish, weight }: Lease, amount: number): number {
  if (isWhole(amount) && amount <= weight) return amount;
  const why = `what is given back is a whole number from 1 to ${weight}, and not ${String(amount)}`;
  throw invalid(describeWish(wish), why, { name: wish.name, held: weight, amount });
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
