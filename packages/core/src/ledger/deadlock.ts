/**
 * Finds those who wait for each other in a circle, by trying how far everybody could come: who waits for nothing will
 * release all it holds; what that makes room for is given out, first come first served; and so on. Whoever is still
 * waiting at the end waits for ever.
 *
 * An owner is taken to be one flow: while it waits, or somebody inside it does, it releases nothing. Only for its own
 * waits its own leases count as released: two flows of one test may well wait for each other.
 */
import { around, blockedOwner, isOwn, type Lease, type Resource } from './lease.ts';

/** One who waits, and one whom it waits for. */
export interface WaitLink {
  readonly wait: Lease;
  readonly blocker: Lease;
}

/** @param waitsUnder all that waits in an owner and inside it */
export function findDeadlock(asker: Lease, waitsUnder: (owner: string) => Iterable<Lease>): WaitLink[] | undefined {
  // Who says `deadlock: false` may release what it holds while it waits.
  const search = new Search((owner) =>
    [...waitsUnder(owner)].filter(({ request }) => request.detectDeadlock !== false),
  );
  return search.reaches(asker) ? undefined : search.circle(asker);
}

class Search {
  readonly #waitsUnder: (owner: string) => Iterable<Lease>;
  /** Who waits now, and would not for ever. */
  readonly #served = new Set<Lease>();
  /** Held by an owner that has served one of its own waits with it. */
  readonly #spent = new Set<Lease>();
  /** How many waits keep an owner from going on. */
  readonly #unserved = new Map<string, number>();

  constructor(waitsUnder: (owner: string) => Iterable<Lease>) {
    this.#waitsUnder = waitsUnder;
  }

  /** True: it will be its turn at some time. */
  reaches(asker: Lease): boolean {
    const concerned = this.#concerned(asker.resource);
    for (let served = -1; served !== this.#served.size;) {
      served = this.#served.size;
      for (const resource of concerned) this.#serve(resource);
      if (this.#served.has(asker)) return true;
    }
    return false;
  }

  /** From whoever waits to whom it waits for, and so on, back to the asker; undefined if it only waits for a circle. */
  circle(asker: Lease): WaitLink[] | undefined {
    const paths: WaitLink[][] = [[]];
    const seen = new Set<Lease>([asker]);
    for (const path of paths) {
      const wait = path.length === 0 ? asker : nextOf(path);
      for (const blocker of this.#blockers(wait)) {
        const link = { wait, blocker };
        if (blocker.state === 'held' && isOwn(blocker, asker)) return [...path, link].map(plain);
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

  /** Gives out what there will be of it. */
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
      for (const owner of wait.request.detectDeadlock === false ? [] : around(blockedOwner(wait.request))) {
        const unserved = this.#unserved.get(owner);
        if (unserved !== undefined) this.#unserved.set(owner, unserved - 1);
      }
      if (!this.#keeps(wait)) continue;
      kept.push(wait);
      used += wait.weight;
    }
  }

  /** It is held, or would be, and not released in the end. */
  #keeps(lease: Lease): boolean {
    if (lease.state === 'waiting' && !this.#served.has(lease)) return false;
    return !this.#spent.has(lease) && this.#unserved.get(lease.request.owner) !== 0;
  }

  /** What its owner waits for, for ever. */
  #stuck({ request }: Lease): Lease[] {
    return [...this.#waitsUnder(request.owner)].filter((wait) => !this.#served.has(wait));
  }

  #blockers(wait: Lease): Lease[] {
    const { leases, queue } = wait.resource;
    const before = [...queue].slice(0, [...queue].indexOf(wait));
    // Who waits before it is in its way, whether it would be served or not.
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
