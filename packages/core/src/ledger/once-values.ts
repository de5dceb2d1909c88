/**
 * Values that are computed once a run, or on a host of many runs once for those that overlap: the first caller computes, the others wait. If it fails, all waiters fail, and the
 * next caller tries again; if its owner ends before it settles, the first waiter takes over the role.
 *
 *   request ──▶ a value that is known
 *    ├────▶ the role of the computer ──settle──▶ value, or failure, for all waiters
 *    └────▶ waiting ──▶ value │ failure │ the role
 */
import type { Ledger } from './ledger.ts';
import type { Lease, LeaseRequest } from './lease.ts';
import { invalid } from './errors.ts';

/** What all callers get: one encoding, however many they are. */
export interface OnceValue {
  readonly bytes: Uint8Array;
  /** The file that holds the value, where `bytes` only say so. */
  readonly file?: string | undefined;
  /** The URL of the module that cleans up after it. */
  readonly cleanup?: string | undefined;
  /** Since when it is there, for one that outlives the runs that had it: it is used while it is young enough. */
  readonly made?: number | undefined;
}

/** Called once for each value, when no test of its run is left. Does not reject. */
export type Forgotten = (name: string, value: OnceValue) => Promise<void> | void;

export interface Waiter {
  /** Its turn to compute. Not called if `request` has returned a held lease. */
  compute(): void;
  value(value: OnceValue): void;
  /** @param failure encoded, as a value */
  failed(failure: Uint8Array): void;
}

export type Outcome = { readonly value: OnceValue } | { readonly failure: Uint8Array };

/** A run that got a value still uses it. */
export type RunLives = (run: string) => boolean;

/** Bytes of one value that is kept in memory, and of all with their names. */
const longestValue = 64 * 1024 * 1024;
const mostBytes = 256 * 1024 * 1024;

export class OnceValues {
  readonly #ledger: Ledger;
  readonly #forgotten: Forgotten;
  readonly #lives: RunLives;
  /** On a host of many runs: which of them have a value. */
  readonly #users = new Map<string, Set<string>>();
  /** Values that no caller gets any more, while tests may still use them. */
  #late: (readonly [name: string, value: OnceValue])[] = [];
  readonly #values = new Map<string, OnceValue>();
  readonly #waiters = new WeakMap<Lease, Waiter>();
  #bytes = 0;
  #run = 0;
  readonly #runs = new WeakMap<Lease, number>();

  constructor(ledger: Ledger, forgotten: Forgotten = () => {}, lives: RunLives = () => true) {
    this.#ledger = ledger;
    this.#forgotten = forgotten;
    this.#lives = lives;
  }

  /**
   * Returns a value, or a lease: if it is held, the caller computes; else it waits.
   * @param madeAfter of values with `made`; absent: any
   * @throws CarpoolError as `Ledger.acquire`
   */
  request(request: LeaseRequest, waiter: Waiter, madeAfter: number = -Infinity): OnceValue | Lease {
    const known = this.#known(request, madeAfter);
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
  settle(lease: Lease, outcome: Outcome, tooLarge: (error: Error) => Uint8Array): void {
    if (lease.state !== 'held') return;
    const refusal = 'value' in outcome ? this.#keep(lease, outcome.value) : undefined;
    const settled: Outcome = refusal === undefined ? outcome : { failure: tooLarge(refusal) };
    for (const waiting of this.#ledger.waitingFor(lease)) {
      if (refusal === undefined && 'value' in outcome) this.#use(waiting.request);
      this.#ledger.release(waiting);
      const waiter = this.#waiters.get(waiting);
      if ('value' in settled) waiter?.value(settled.value);
      else waiter?.failed(settled.failure);
    }
    this.#ledger.release(lease);
    if (refusal !== undefined) throw refusal;
  }

  /** The file of a value is gone: if it is still the one that is known, the next caller computes it. */
  lost(name: string, file: string): void {
    const known = this.#values.get(name);
    if (known?.file !== file) return;
    this.#late.push([name, known]);
    this.#drop(name, known);
  }

  /** A new run: all is computed again. A value that is being computed now goes to its waiters alone. */
  renew(): void {
    this.#run++;
    this.#late.push(...this.#values);
    this.#values.clear();
    this.#users.clear();
    this.#bytes = 0;
  }

  /** No test is left that uses a value of before. Resolves when all are cleaned up, together. */
  async forget(): Promise<void> {
    this.renew();
    await Promise.all(this.#late.splice(0).map(async ([name, value]) => await this.#forgotten(name, value)));
  }

  /** The value, unless it is too old, or all runs that had it have ended. */
  #known(request: LeaseRequest, madeAfter: number): OnceValue | undefined {
    const { name } = request;
    const known = this.#values.get(name);
    if (known === undefined) return undefined;
    if (known.made === undefined ? this.#forgetUnused(name, known) : this.#forgetOld(name, known, madeAfter))
      return undefined;
    this.#use(request);
    return known;
  }

  #use({ name, run }: LeaseRequest): void {
    if (run === undefined) return;
    const users = this.#users.get(name) ?? new Set();
    this.#users.set(name, users.add(run));
  }

  #forgetUnused(name: string, value: OnceValue): boolean {
    const users = this.#users.get(name);
    if (users === undefined) return false;
    for (const run of users) if (!this.#lives(run)) users.delete(run);
    if (users.size > 0) return false;
    this.#forgetOne(name, value);
    return true;
  }

  #forgetOld(name: string, value: OnceValue, madeAfter: number): boolean {
    const { made = Infinity } = value;
    if (made > madeAfter) return false;
    this.#forgetOne(name, value);
    return true;
  }

  #forgetOne(name: string, value: OnceValue): void {
    this.#drop(name, value);
    void this.#forgotten(name, value);
  }

  #drop(name: string, value: OnceValue): void {
    this.#values.delete(name);
    this.#users.delete(name);
    this.#bytes -= sizeOf(name, value);
  }

  #keep(lease: Lease, value: OnceValue): Error | undefined {
    const { name } = lease.request;
    const size = sizeOf(name, value);
    if (size > mostBytes - this.#bytes) for (const [other, kept] of this.#values) this.#forgetUnused(other, kept);
    const limit = Math.min(longestValue, mostBytes - this.#bytes);
    if (size > limit) {
      const why = `it takes ${size} bytes, and the host has room for ${limit} more; write it to a file of your own, and pass on the path`;
      return invalid(`the value ${JSON.stringify(name)}`, why, { name, size, limit });
    }
    if (this.#runs.get(lease) !== this.#run) {
      this.#late.push([name, value]);
      return undefined;
    }
    this.#values.set(name, value);
    this.#bytes += size;
    this.#use(lease.request);
    return undefined;
  }
}

function sizeOf(name: string, { bytes }: OnceValue): number {
  return bytes.length + name.length;
}
