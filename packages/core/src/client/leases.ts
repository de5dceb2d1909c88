/** A worker's side of what all workers share: its numbers for its leases, and what it still holds of each. */
import { asCarpoolError, CarpoolError, toRecord, type ErrorRecord } from '../base/errors.ts';
import { json } from '../codec/json.ts';
import type {
  AcquireRequest,
  CallRequest,
  MethodTable,
  OnceRequest,
  OwnerPath,
  ReserveRequest,
} from '../wire/messages.ts';
import { HeldLease, type Lender } from './held-lease.ts';
import { Ports } from './ports.ts';

/** What leases need of the connection. */
export interface LeaseConnection {
  call<R extends CallRequest>(
    request: R,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<MethodTable[R['method']]['result']>;
  /** Without an answer. @param body empty: all of it */
  release(lease: number, body: Uint8Array): void;
}

type Wish<R> = Omit<R, 'method' | 'lease'>;
export type AcquireWish = Wish<AcquireRequest>;
export type ReserveWish = Wish<ReserveRequest>;
export type OnceWish = Wish<OnceRequest>;

export const defaultLeaseTimeout = 60_000;
/** What the host's own deadline may lag behind. */
const grace = 5_000;
const answerTimeout = 30_000;
const all = new Uint8Array(0);

export class Leases {
  /** Ports that this worker may give to its tests. */
  readonly ports: Ports = new Ports(this);
  readonly #connection: LeaseConnection;
  readonly #held = new Map<HeldLease, OwnerPath>();
  #numbers = 0;

  constructor(connection: LeaseConnection) {
    this.#connection = connection;
  }

  /** @throws CarpoolError LEASE_INVALID, LEASE_TAKEN, LEASE_TIMEOUT, LEASE_DEADLOCK, LEASE_LOST, HUB_LOST; `signal.reason` */
  async acquire(wish: AcquireWish, signal?: AbortSignal): Promise<HeldLease> {
    const lease = ++this.#numbers;
    await this.#wait({ ...wish, method: 'acquire', lease }, wish.timeout, signal);
    return this.#numbered(lease, wish.weight, wish.under);
  }

  /** Reserves those that are free. @returns a lease, also of none, and their places in `values` */
  async reserve(wish: ReserveWish): Promise<{ readonly lease: HeldLease; readonly places: readonly number[] }> {
    const lease = ++this.#numbers;
    const { places } = await this.#connection.call({ ...wish, method: 'reserve', lease }, answerTimeout);
    const held = this.#numbered(lease, 1, wish.under);
    if (places.length === 0) held.lose();
    return { lease: held, places };
  }

  /** A value in base64, or the role to compute it. Throws as `acquire`, and ONCE_FAILED. */
  async once(wish: OnceWish, signal?: AbortSignal): Promise<string | ComputeRole> {
    const lease = ++this.#numbers;
    const { value } = await this.#wait({ ...wish, method: 'once', lease }, wish.timeout, signal);
    if (value !== undefined) return value;
    const held = this.#numbered(lease, 1, wish.under);
    const settle = async (outcome: { readonly value: string } | { readonly failed: unknown }): Promise<void> => {
      held.lose();
      await this.#connection.call({ method: 'settle', lease, ...outcomeOf(wish.key, outcome) }, answerTimeout);
    };
    return { settle };
  }

  /** What an owner holds from now on, until it is released. */
  hold(weight: number, under: OwnerPath, lender: Lender): HeldLease {
    const over = (): void => {
      this.#held.delete(lease);
      lender.over?.();
    };
    const lease = new HeldLease(weight, { release: lender.release, over });
    this.#held.set(lease, under);
    return lease;
  }

  /** An owner has ended, and the host takes back what it held, or the connection has, and all is gone. */
  end(owner: OwnerPath): void {
    for (const [lease, under] of this.#held) if (owner.every((name, at) => under[at] === name)) lease.lose();
  }

  async #wait<R extends CallRequest & { readonly lease: number }>(
    request: R,
    timeout: number = defaultLeaseTimeout,
    signal?: AbortSignal,
  ): Promise<MethodTable[R['method']]['result']> {
    signal?.throwIfAborted();
    try {
      return await this.#connection.call(request, timeout + grace, signal);
    } catch (thrown) {
      // It may have been given meanwhile: this also gives up waiting.
      if (signal?.aborted === true) this.#connection.release(request.lease, all);
      throw thrown;
    }
  }

  #numbered(number: number, weight: number, under: OwnerPath = []): HeldLease {
    return this.hold(weight, under, {
      release: (amount) => this.#connection.release(number, amount === undefined ? all : json.encode({ amount })),
    });
  }
}

export interface ComputeRole {
  /** @throws CarpoolError LEASE_LOST if another one computes it by now, LEASE_INVALID if the value is too large */
  settle(outcome: { readonly value: string } | { readonly failed: unknown }): Promise<void>;
}

function outcomeOf(
  key: string,
  outcome: { readonly value: string } | { readonly failed: unknown },
): { value: string } | { failure: ErrorRecord } {
  return 'value' in outcome ? { value: outcome.value } : { failure: failureOf(key, outcome.failed) };
}

function failureOf(key: string, thrown: unknown): ErrorRecord {
  const error = asCarpoolError(thrown, 'ONCE_FAILED', `Cannot compute the value ${JSON.stringify(key)}`);
  if (error.code === 'ONCE_FAILED') return toRecord(error);
  const text = `Cannot compute the value ${JSON.stringify(key)}: ${error.message}`;
  return toRecord(new CarpoolError('ONCE_FAILED', text, { cause: error }));
}
