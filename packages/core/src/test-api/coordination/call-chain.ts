/**
 * What the call chain holds that makes a call: the leases which were granted to it, or to what it was started by, and which it
 * therefore does not release while the call waits.
 *
 *   const a = await lock('a').acquire();   ─┐ the chain holds a
 *   await Promise.all([                     │
 *     lock('b').acquire(),                 ─┤ a and b: one flow
 *     lock('c').acquire(),                 ─┘ a and c: another one
 *   ]);
 *
 * A call enters the context of its caller before it returns, so that what the caller does after it is known to follow it.
 * What another flow does that was started in the same turn would follow it, too: but then nothing was granted yet.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { HeldLease } from '../../client/held-lease.ts';

/** One call that wanted a lease, and the one before it. */
export class ChainLink {
  readonly #before: ChainLink | undefined;
  #lease: HeldLease | undefined;

  constructor(before: ChainLink | undefined) {
    this.#before = before;
  }

  granted(lease: HeldLease): void {
    this.#lease = lease;
  }

  /** The nearest link of which something is held, this one included. */
  get nearest(): ChainLink | undefined {
    return (this.#lease?.weight ?? 0) > 0 ? this : this.#before?.nearest;
  }

  /** What the chain holds. */
  get leases(): HeldLease[] {
    const leases: HeldLease[] = [];
    for (let link = this.nearest; link !== undefined; link = link.#before?.nearest) {
      if (link.#lease !== undefined) leases.push(link.#lease);
    }
    return leases;
  }
}

const chain = new AsyncLocalStorage<ChainLink>();

/** What the call chain holds. */
export function heldByChain(): readonly HeldLease[] {
  return chain.getStore()?.leases ?? [];
}

/** Call it before the first `await` of a call: what its caller does next follows it. */
export function enterChain(): ChainLink {
  const link = new ChainLink(chain.getStore()?.nearest);
  chain.enterWith(link);
  return link;
}

/** Runs what happens while a lease is held. */
export function runHolding<T>(lease: HeldLease, run: () => T): T {
  const link = new ChainLink(chain.getStore()?.nearest);
  link.granted(lease);
  return chain.run(link, run);
}
