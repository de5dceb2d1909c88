/** What a worker holds, until it is released, or its owner ends. */
import { CarpoolError } from '../base/errors.ts';

/** Who has to hear of it. */
export interface LeaseCallbacks {
  /** @param amount absent: all that is left */
  readonly release: (amount: number | undefined) => void;
  /** However it ended. */
  readonly over?: () => void;
}

/** What is held, until it is released, or its owner ends. */
export class HeldLease {
  readonly #lender: LeaseCallbacks;
  #weight: number;

  constructor(weight: number, lender: LeaseCallbacks) {
    this.#weight = weight;
    this.#lender = lender;
  }

  /** What is still held of it; 0: it is over. */
  get weight(): number {
    return this.#weight;
  }

  /** All of it, or a part. What is over already is left alone. @throws CarpoolError LEASE_INVALID */
  release(amount?: number): void {
    if (this.#weight === 0) return;
    if (amount === undefined || amount === this.#weight) {
      this.invalidate();
      this.#lender.release(undefined);
      return;
    }
    if (!Number.isSafeInteger(amount) || amount < 1 || amount > this.#weight) {
      const text = `Cannot release ${String(amount)}: what is given back is a whole number from 1 to ${this.#weight}, which is what is held`;
      throw new CarpoolError('LEASE_INVALID', text, { context: { held: this.#weight, amount } });
    }
    this.#weight -= amount;
    this.#lender.release(amount);
  }

  /** It is not held any more; nobody has to be told. */
  invalidate(): void {
    if (this.#weight === 0) return;
    this.#weight = 0;
    this.#lender.over?.();
  }
}
