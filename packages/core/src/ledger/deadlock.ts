/**
 * Finds waiters that wait for each other in a cycle, by simulating how far all owners can get. An owner that waits for
 * nothing will release all it holds; what that frees is granted, first come first served; and so on. A waiter that is
 * still waiting at the end would wait for ever.
 *
 * An owner counts as one flow: while it waits, or an owner inside it does, it releases nothing. Its own leases count as
 * released for its own waits alone, because one flow of a test may release what another one waits for.
 */
import { selfAndAncestors, blockedOwner, isOwn, type Lease, type Resource } from './lease.ts';

/** An edge of the wait-for graph. */
export interface WaitLink {
  readonly wait: Lease;
  readonly blocker: Lease;
}

/**
 * @param waitsUnder all waits of an owner and of those inside it
 * @returns the cycle from the new waiter back to itself; undefined if its turn will come
 */
export function findDeadlock(waiter: Lease, waitsUnder: (owner: string) => Iterable<Lease>): WaitLink[] | undefined {
  // With `detectDeadlock: false` an owner may release what it holds while it waits.
  const search = new Search((owner) =>
    [...waitsUnder(owner)].filter(({ request }) => request.detectDeadlock !== false),
  );
  return search.reaches(waiter) ? undefined : search.cycle(waiter);
}

class Search {
  readonly #waitsUnder: (owner: string) => Iterable<Lease>;
  /** Waits whose turn will come. */
  readonly #served = new Set<Lease>();
  /** Leases of an owner that made room for a wait of the same owner. */
  readonly #spent = new Set<Lease>();
  /** How many waits still block an owner. */
  readonly #unserved = new Map<string, number>();

  constructor(waitsUnder: (owner: string) => Iterable<Lease>) {
    this.#waitsUnder = waitsUnder;
  }

  /** True if its turn will come. */
  reaches(waiter: Lease): boolean {
    const concerned = this.#concerned(waiter.resource);
    for (let served = -1; served !== this.#served.size;) {
      served = this.#served.size;
      for (const resource of concerned) this.#serve(resource);
      if (this.#served.has(waiter)) return true;
    }
    return false;
  }

  /**
   * From a waiter to a holder that blocks it, to what that one waits for, and so on, back to the first waiter. Undefined if
   * that one only waits for the members of a cycle.
   */
  cycle(waiter: Lease): WaitLink[] | undefined {
    const paths: WaitLink[][] = [[]];
    const seen = new Set<Lease>([waiter]);
    for (const path of paths) {
      const wait = path.length === 0 ? waiter : nextOf(path);
      for (const blocker of this.#blockers(wait)) {
        const link = { wait, blocker };
        if (blocker.state === 'held' && isOwn(blocker, waiter)) return [...path, link].map(plain);
        for (const next of this.#stuck(blocker)) {
          if (seen.has(next)) continue;
          seen.add(next);
          paths.push([...path, { ...link, next } as Step]);
        }
      }
    }
    return undefined;
  }

  #concerned(first: Resource): Set<Resource> {
    const concerned = new Set([first]);
    for (const resource of concerned) {
      for (const { request } of [...resource.leases, ...resource.queue]) {
        if (this.#unserved.has(request.owner)) continue;
        const waits = [...this.#waitsUnder(request.owner)];
        this.#unserved.set(request.owner, waits.length);
        for (const wait of waits) concerned.add(wait.resource);
      }
    }
    return concerned;
  }

  /** Grants what will become free of it. */
  #serve({ size, leases, queue }: Resource): void {
    let kept = [...leases, ...queue].filter((lease) => this.#keeps(lease));
    let used = kept.reduce((sum, { weight }) => sum + weight, 0);
    for (const wait of queue) {
      if (this.#served.has(wait)) continue;
      if (wait.weight > size - used) {
        const own = new Set(kept.filter((lease) => isOwn(lease, wait)));
        const without = used - [...own].reduce((sum, { weight }) => sum + weight, 0);
        if (wait.weight > size - without) return;
        for (const lease of own) this.#spent.add(lease);
        kept = kept.filter((lease) => !own.has(lease));
        used = without;
      }
      this.#served.add(wait);
      for (const owner of wait.request.detectDeadlock === false ? [] : selfAndAncestors(blockedOwner(wait.request))) {
        const unserved = this.#unserved.get(owner);
        if (unserved !== undefined) this.#unserved.set(owner, unserved - 1);
      }
      if (!this.#keeps(wait)) continue;
      kept.push(wait);
      used += wait.weight;
    }
  }

  /** It is held, or will be, and never released. */
  #keeps(lease: Lease): boolean {
    if (lease.state === 'waiting' && !this.#served.has(lease)) return false;
    return !this.#spent.has(lease) && this.#unserved.get(lease.request.owner) !== 0;
  }

  /** Waits of its owner that never end. */
  #stuck({ request }: Lease): Lease[] {
    return [...this.#waitsUnder(request.owner)].filter((wait) => !this.#served.has(wait));
  }

  #blockers(wait: Lease): Lease[] {
    const { leases, queue } = wait.resource;
    const before = [...queue].slice(0, [...queue].indexOf(wait));
    // An earlier waiter blocks it, whether or not that one's turn will come.
    const ahead = before.filter((lease) => !this.#served.has(lease) || this.#keeps(lease));
    return [...[...leases].filter((lease) => this.#keeps(lease) && !isOwn(lease, wait)), ...ahead];
  }
}

interface Step extends WaitLink {
  readonly next: Lease;
}

function nextOf(path: readonly WaitLink[]): Lease {
  return (path.at(-1) as Step).next;
}

function plain({ wait, blocker }: WaitLink): WaitLink {
  return { wait, blocker };
}
