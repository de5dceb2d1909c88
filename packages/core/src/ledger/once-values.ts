/**
 * Values that are computed once a run: the first caller computes, the others wait. If it fails, all waiters fail, and the
 * next caller tries again; if its owner ends before it settles, the first waiter takes over the role.
 *
 *   request ──▶ a value that is known
 *    ├────▶ the role of the computer ──settle──▶ value, or failure, for all waiters
 *    └────▶ waiting ──▶ value │ failure │ the role
 */
import type { Ledger } from './ledger.ts';
import type { Lease, LeaseRequest } from './lease.ts';
import { invalid } from './errors.ts';

export interface Waiter<Failure> {
  /** Its turn to compute. Not called if `request` has returned a held lease. */
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
  readonly #waiters = new WeakMap<Lease, Waiter<Failure>>();
  #characters = 0;
  #run = 0;
  readonly #runs = new WeakMap<Lease, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * Returns a value, or a lease: if it is held, the caller computes; else it waits.
   * @throws CarpoolError as `Ledger.acquire`
   */
  request(request: LeaseRequest, waiter: Waiter<Failure>): string | Lease {
    const known = this.#values.get(request.name);
    if (known !== undefined) return known;
    const lease = this.#ledger.acquire(request, (granted) => {
      this.#runs.set(granted, this.#run);
      waiter.compute();
    });
    this.#waiters.set(lease, waiter);
    if (lease.state === 'held') this.#runs.set(lease, this.#run);
    return lease;
  }

  /** @throws CarpoolError LEASE_INVALID if the value is too large, which is a failure for all waiters */
  settle(lease: Lease, outcome: Outcome<Failure>, tooLarge: (error: Error) => Failure): void {
    if (lease.state !== 'held') return;
    const refusal = 'value' in outcome ? this.#keep(lease, outcome.value) : undefined;
    const settled: Outcome<Failure> = refusal === undefined ? outcome : { failure: tooLarge(refusal) };
    for (const waiting of this.#ledger.waitingFor(lease)) {
      this.#ledger.release(waiting);
      const waiter = this.#waiters.get(waiting);
      if ('value' in settled) waiter?.value(settled.value);
      else waiter?.failed(settled.failure);
    }
    this.#ledger.release(lease);
    if (refusal !== undefined) throw refusal;
  }

  /** A new run: all is computed again. A value that is being computed now goes to its waiters alone. */
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
