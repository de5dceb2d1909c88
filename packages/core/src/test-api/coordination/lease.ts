/** What the calls of `carpool/coordination` return: held until it is released, or its owner ends. */
import { callSite, errorAt, isCarpoolError } from '../../base/errors.ts';
import { signalOfLoss, type HeldLease } from '../../client/held-lease.ts';
import type { Lease, Permits } from '../../wire/lease-types.ts';

export type { Lease, Permits };

export class OwnLease implements Lease {
  readonly name: string;
  readonly #lease: HeldLease;
  #lost: AbortSignal | undefined;

  constructor(name: string, lease: HeldLease) {
    this.name = name;
    this.#lease = lease;
  }

  get held(): boolean {
    return this.#lease.weight > 0;
  }

  get fence(): Lease['fence'] {
    return this.#lease.fence;
  }

  get lost(): AbortSignal {
    return (this.#lost ??= signalOfLoss(this.#lease));
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
