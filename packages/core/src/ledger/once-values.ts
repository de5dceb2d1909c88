/**
 * Values that are computed once a run: whoever asks first computes, the others wait for it. A computer that fails tells
 * all who wait, and the next to ask tries again; one that ends without a word passes the role to the first who waits.
 *
 *   ask ──▶ a value that is there
 *    ├────▶ the role of the computer ──settle──▶ value, or failure, for all who wait
 *    └────▶ waiting ──▶ value │ failure │ the role
 */
import type { Ledger } from './ledger.ts';
import type { Lease, LeaseRequest } from './lease.ts';
import { invalid } from './errors.ts';

export interface Waiter<Failure> {
  /** It is its turn to compute. Called after `ask`, and not where that said so. */
  compute(): void;
  value(value: string): void;
  failed(failure: Failure): void;
}

export type Outcome<Failure> = { readonly value: string } | { readonly failure: Failure };

/** Characters of one value, and of all. */
const longestValue = 64 * 1024 * 1024;
const mostCharacters = 512 * 1024 * 1024;

export class OnceValues<Failure> {
  readonly #ledger: Ledger;
  readonly #values = new Map<string, string>();
  readonly #askers = new WeakMap<Lease, Waiter<Failure>>();
  #characters = 0;
  #run = 0;
  readonly #runs = new WeakMap<Lease, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * A value, or a lease: held, and the caller computes; or waiting.
   * @throws CarpoolError as `Ledger.acquire`
   */
  ask(request: LeaseRequest, asker: Waiter<Failure>): string | Lease {
    const known = this.#values.get(request.name);
    if (known !== undefined) return known;
    const lease = this.#ledger.acquire(request, (granted) => {
      this.#runs.set(granted, this.#run);
      asker.compute();
    });
    this.#askers.set(lease, asker);
    if (lease.state === 'held') this.#runs.set(lease, this.#run);
    return lease;
  }

  /** @throws CarpoolError LEASE_INVALID if the value is too large: a failure, for all who wait */
  settle(lease: Lease, outcome: Outcome<Failure>, tooLarge: (error: Error) => Failure): void {
    if (lease.state !== 'held') return;
    const refusal = 'value' in outcome ? this.#keep(lease, outcome.value) : undefined;
    const told: Outcome<Failure> = refusal === undefined ? outcome : { failure: tooLarge(refusal) };
    for (const waiting of this.#ledger.waitingFor(lease)) {
      this.#ledger.release(waiting);
      const asker = this.#askers.get(waiting);
      if ('value' in told) asker?.value(told.value);
      else asker?.failed(told.failure);
    }
    this.#ledger.release(lease);
    if (refusal !== undefined) throw refusal;
  }

  /** A new run: all is computed again. What is being computed now is for those who wait for it. */
  renew(): void {
    this.#run++;
    this.#values.clear();
    this.#characters = 0;
  }

  #keep(lease: Lease, value: string): Error | undefined {
    const { name } = lease.request;
    const limit = Math.min(longestValue, mostCharacters - this.#characters);
    if (value.length > limit) {
      const why = `it has ${value.length} characters in base64, and ${limit} is the limit`;
      return invalid(`the value ${JSON.stringify(name)}`, why, { name, size: value.length, limit });
    }
    if (this.#runs.get(lease) !== this.#run) return undefined;
    this.#values.set(name, value);
    this.#characters += value.length;
    return undefined;
  }
}
