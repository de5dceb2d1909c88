/** What a worker holds, until it is released, or its owner ends. */
import { CarpoolError } from '../base/errors.ts';
import type { Fence } from '../reach/types.ts';

/** Called once, with LEASE_LOST. */
export type WhenLost = (error: CarpoolError) => void;

/** What is called when it ends. */
export interface LeaseCallbacks {
  /** @param amount absent: all that is left */
  readonly release: (amount: number | undefined) => void;
  /** Called however it ended. */
  readonly over?: (() => void) | undefined;
  /** What it is, for errors: "lock "db"". */
  readonly what: () => string;
}

/** Its cause is outside this process: a stack of Carpool would say nothing. */
export function lostLease(message: string, cause: CarpoolError): CarpoolError {
  const { hostSilence } = cause.context;
  return new CarpoolError('LEASE_LOST', message, {
    blame: 'setup',
    cause,
    context: hostSilence === undefined ? {} : { hostSilence },
    site: { stack: '' },
  });
}

/** What is held, until it is released, or its owner ends. */
export class HeldLease {
  /** The worker's number for it. 0: it is part of another one. */
  readonly number: number;
  /** Of the scope `reach`. */
  fence: Fence | undefined;
  readonly #callbacks: LeaseCallbacks;
  #weight: number;
  #lost: CarpoolError | undefined;
  #whenLost: WhenLost[] = [];
  #watched = false;

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

  /** The host that kept it is gone. What is over already is left alone. @param why a clause */
  lose(why: string, cause: CarpoolError): void {
    if (this.#weight > 0) this.loseWith(lostLease(`Lost ${this.#callbacks.what()}: ${why}`, cause));
  }

  /** As `lose`. @param error LEASE_LOST, as the host has made it */
  loseWith(error: CarpoolError): void {
    if (this.#weight === 0) return;
    this.#lost = error;
    this.invalidate();
    for (const run of this.#whenLost.splice(0)) run(error);
  }

  /** What holds it looks at its loss by itself. */
  get watched(): boolean {
    return this.#watched;
  }

  /** As `whenLost`, for what holds it. */
  watch(run: WhenLost): void {
    this.#watched = true;
    this.whenLost(run);
  }

  /** Calls `run` when it is lost; at once, if it is lost already. */
  whenLost(run: WhenLost): void {
    if (this.#lost !== undefined) run(this.#lost);
    else this.#whenLost.push(run);
  }
}

/** Aborted with LEASE_LOST when it is lost. */
export function signalOfLoss(lease: HeldLease): AbortSignal {
  const controller = new AbortController();
  lease.watch((error) => controller.abort(error));
  return controller.signal;
}
