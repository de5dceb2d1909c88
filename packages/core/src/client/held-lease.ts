/** What a worker holds, until it is released, or its owner ends. */
import { CarpoolError } from '../base/errors.ts';

/** What is called when it ends. */
export interface LeaseCallbacks {
  /** @param amount absent: all that is left */
  readonly release: (amount: number | undefined) => void;
  /** Called however it ended. */
  readonly over?: (() => void) | undefined;
}

/** What is held, until it is released, or its owner ends. */
export class HeldLease {
  /** The worker's number for it. 0: it is part of another one. */
  readonly number: number;
  readonly #callbacks: LeaseCallbacks;
  #weight: number;

  constructor(number: number, weight: number, callbacks: LeaseCallbacks) {
    this.number = number;
    this.#weight = weight;
    this.#callbacks = callbacks;
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
      this.#callbacks.release(undefined);
      return;
    }
    if (!Number.isSafeInteger(amount) || amount < 1 || amount > this.#weight) {
      const text = `Cannot release ${String(amount)}: what is given back is a whole number from 1 to ${this.#weight}, which is what is held`;
      throw new CarpoolError('LEASE_INVALID', text, { context: { held: this.#weight, amount } });
    }
    this.#weight -= amount;
    this.#callbacks.release(amount);
  }

  /** It is not held any more, and the host knows. */
  invalidate(): void {
    if (this.#weight === 0) return;
    this.#weight = 0;
    this.#callbacks.over?.();
  }
}
