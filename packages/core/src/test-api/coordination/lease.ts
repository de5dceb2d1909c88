/** What the calls of `carpool/coordination` return: held until it is released, or its owner ends. */
import { callSite, errorAt, isCarpoolError } from '../../base/errors.ts';
import type { HeldLease } from '../../client/held-lease.ts';

/** Something that a test holds. It ends by `release()`, by `using`, or with its owner: the test, the file or the worker. */
export interface Lease extends Disposable, AsyncDisposable {
  /** The name of the lock, the semaphore, the space. */
  readonly name: string;
  /** False once it is released, its owner has ended, or the host is gone. */
  readonly held: boolean;
  /** Releases it. Does nothing if it is over. Takes no time, so that `using` can do it. */
  release(): void;
}

/** Permits of a semaphore. */
export interface Permits extends Lease {
  /** How many are still held. */
  readonly weight: number;
  /**
   * Releases all of them, or `amount`. Does nothing if it is over.
   * @throws CarpoolError LEASE_INVALID if `amount` is not a whole number from 1 to `weight`
   */
  release(amount?: number): void;
}

export class OwnLease implements Lease {
  readonly name: string;
  readonly #lease: HeldLease;

  constructor(name: string, lease: HeldLease) {
    this.name = name;
    this.#lease = lease;
  }

  get held(): boolean {
    return this.#lease.weight > 0;
  }

  release(): void {
    this.#lease.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }
}

export class OwnPermits extends OwnLease implements Permits {
  readonly #permits: HeldLease;

  constructor(name: string, lease: HeldLease) {
    super(name, lease);
    this.#permits = lease;
  }

  get weight(): number {
    return this.#permits.weight;
  }

  override release(amount?: number): void {
    try {
      this.#permits.release(amount);
    } catch (thrown) {
      throw isCarpoolError(thrown) ? errorAt(thrown, callSite(this.release)) : thrown;
    }
  }
}
