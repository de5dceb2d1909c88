/**
 * Finds waiters that wait for each other in a cycle, by simulating how far all of them can get. A lease is kept as long as a
 * wait lasts whose call chain holds it: what comes after that wait would release it. All other leases will be released some
 * day; what that frees is granted, first come first served; and so on. A waiter that is still waiting at the end would wait
 * for ever.
 *
 * So each party of a cycle is proven to wait: two flows of one test are two parties. Each lease and each wait is looked at
 * once, in time that grows with their number.
 */
import { blockedOwner, isWithin, type Lease, type Resource } from './lease.ts';

/** An edge of the wait-for graph. */
export interface WaitLink {
  readonly wait: Lease;
  readonly blocker: Lease;
}

/** @returns the cycle from the new waiter back to itself; undefined if its turn will come, or it is in no cycle */
export function findDeadlock(waiter: Lease): WaitLink[] | undefined {
  const search = new Search(waiter);
  return search.reaches() ? undefined : search.cycle();
}

/** How far the simulation has come with one name. */
interface State {
  readonly resource: Resource;
  /** How much of it is kept. */
  kept: number;
  /** The waits that are not served yet. */
  readonly queue: Iterator<Lease>;
  head: Lease | undefined;
}

class Search {
  readonly #waiter: Lease;
  readonly #states = new Map<Resource, State>();
  /** Waits whose turn will come. */
  readonly #served = new Set<Lease>();
  /** How many waits that are not served keep a lease. */
  readonly #keepers = new Map<Lease, number>();

  constructor(waiter: Lease) {
    this.#waiter = waiter;
  }

  /** True if its turn will come. */
  reaches(): boolean {
    this.#begin();
    const changed = new Set(this.#states.values());
    // A set visits what is added while it is read.
    for (const state of changed) {
      changed.delete(state);
      for (const freed of this.#serve(state)) changed.add(freed);
      if (this.#served.has(this.#waiter)) return true;
    }
    return false;
  }

  /**
   * From the waiter to a holder that blocks it, to what that one waits for, and so on, back to the waiter. Undefined if it
   * only waits for the members of a cycle.
   */
  cycle(): WaitLink[] | undefined {
    const own = new Set(this.#waiter.keeps);
    const seen = new Set([this.#waiter]);
    const steps: Step[] = [{ wait: this.#waiter }];
    const ahead = new Map<Resource, Iterator<Lease>>();
    const expanded = new Set<Resource>();
    for (const step of steps) {
      const { resource } = step.wait;
      const add = (blocker: Lease, next: Lease): void => {
        if (seen.has(next) || this.#served.has(next)) return;
        seen.add(next);
        steps.push({ wait: next, before: { step, blocker } });
      };
      const kept = this.#states.get(resource)?.kept ?? 0;
      if (step.wait.weight > resource.size - kept && !expanded.has(resource)) {
        expanded.add(resource);
        for (const lease of resource.leases) {
          if (!this.#isKept(lease)) continue;
          if (own.has(lease)) return linksTo(step, lease);
          for (const next of lease.keptBy) add(lease, next);
        }
      }
      // An earlier waiter blocks it. What was looked at for a waiter of the same name is not looked at again.
      const queue = ahead.get(resource) ?? resource.queue.values();
      if (!ahead.has(resource)) ahead.set(resource, queue);
      for (let at = queue.next(); at.done !== true && at.value !== step.wait; at = queue.next())
        add(at.value, at.value);
    }
    return undefined;
  }

  /** All names that have to do with it. */
  #begin(): void {
    const concerned = new Set([this.#waiter.resource]);
    for (const resource of concerned) {
      let kept = 0;
      for (const lease of resource.leases) {
        if (lease.keptBy.size === 0) continue;
        kept += lease.weight;
        this.#keepers.set(lease, lease.keptBy.size);
        for (const wait of lease.keptBy) concerned.add(wait.resource);
      }
      const queue = resource.queue.values();
      this.#states.set(resource, { resource, kept, queue, head: queue.next().value });
    }
  }

  /** Grants what is free of it, or will be. @returns the names of which more is free now */
  *#serve(state: State): Generator<State> {
    for (let { head } = state; head !== undefined; head = state.head) {
      if (head.weight > state.resource.size - state.kept && !this.#fitsWithout(state, head)) return;
      this.#served.add(head);
      state.head = state.queue.next().value;
      for (const lease of head.keeps) {
        const keepers = this.#keepers.get(lease);
        if (keepers === undefined) continue;
        this.#keepers.set(lease, keepers - 1);
        const its = this.#states.get(lease.resource);
        if (keepers > 1 || its === undefined) continue;
        its.kept -= lease.weight;
        yield its;
      }
    }
  }

  /** A lease of an owner around the waiter may be released by another one inside that owner. */
  #fitsWithout(state: State, wait: Lease): boolean {
    const blocked = blockedOwner(wait.request);
    for (const lease of state.resource.leases) {
      if (lease.request.lasts !== 'inside' || !this.#isKept(lease)) continue;
      if (!isWithin(blocked, lease.request.owner)) continue;
      this.#keepers.set(lease, 0);
      state.kept -= lease.weight;
    }
    return wait.weight <= state.resource.size - state.kept;
  }

  /** It is held, and never released. */
  #isKept(lease: Lease): boolean {
    return (this.#keepers.get(lease) ?? 0) > 0;
  }
}

interface Step {
  readonly wait: Lease;
  /** How it was reached. */
  readonly before?: { readonly step: Step; readonly blocker: Lease };
}

function linksTo(last: Step, lease: Lease): WaitLink[] {
  const links: WaitLink[] = [{ wait: last.wait, blocker: lease }];
  for (let { before } = last; before !== undefined; before = before.step.before) {
    links.unshift({ wait: before.step.wait, blocker: before.blocker });
  }
  return links;
}
