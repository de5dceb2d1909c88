/** What a call of `carpool/coordination` gives: held until it is released, or its owner ends. */
import { callSite, errorAt, isCarpoolError } from '../../base/errors.ts';
import type { HeldLease } from '../../client/held-lease.ts';

export interface Lease extends Disposable, AsyncDisposable {
  /** Of the lock, the semaphore, the space. */
  readonly name: string;
  /** False once it is released, its owner has ended, or the host is gone. */
  readonly held: boolean;
  /** Gives it back. What is over already is left alone. */
  release(): void;
}

/** Some of a semaphore. */
export interface Permits extends Lease {
  /** How many are still held. */
  readonly weight: number;
  /**
   * Gives all of them back, or a part. What is over already is left alone.
   * @throws CarpoolError LEASE_INVALID if `amount` is no whole number from 1 to what is held
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
