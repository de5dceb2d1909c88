/**
 * How many sessions are opened ahead of the calls that will want them, and which of them are given up. Pure: no process, no
 * promise, and time only as it is passed in. `warm-sessions.ts` does what is decided here, and says what became of it.
 *
 *   opening ──opened──▶ ready ──take──▶ the caller's
 *      │                  │
 *      └────── plan ──────┴──▶ closing ──gone──▶ its slot is free
 */

export interface WarmLimits {
  /** How many are kept. */
  readonly size: number;
  /** Milliseconds after a `register` in which the next one is likely. */
  readonly likely: number;
}

/** Whether a session may be given to a caller. `stale`: its child takes no more sessions. `held back`: it may be blocked. */
export type Fitness = 'fit' | 'held back' | 'stale';

/** The slots of the pool at this moment. */
export interface Occupation {
  /** Slots that are free. */
  readonly free: number;
  /** `register` calls that wait for a slot. */
  readonly waiting: number;
}

export interface Plan<T> {
  /** How many to open now. */
  readonly open: number;
  /** Those to close now. They are `closing` from here on. */
  readonly giveUp: readonly T[];
}

export class WarmStock<T> {
  readonly #limits: WarmLimits;
  readonly #fitness: (item: T) => Fitness;
  /** Oldest first. */
  readonly #opening = new Set<T>();
  readonly #ready = new Set<T>();
  readonly #closing = new Set<T>();
  /** When the last `register` had its session. */
  #lastCall = -Infinity;
  /** How many may still be opened before the next `register`, so that a child that fails is not started for nothing. */
  #allowed = 0;
  /** A call of this run had `params`, so that it could take none. */
  #callsWithParams = false;

  constructor(limits: WarmLimits, fitness: (item: T) => Fitness) {
    this.#limits = limits;
    this.#fitness = fitness;
  }

  /** Those that are there or on their way. */
  get size(): number {
    return this.#opening.size + this.#ready.size;
  }

  /** All that hold a slot, also those that are given up. */
  get items(): T[] {
    return [...this.#ready, ...this.#opening, ...this.#closing];
  }

  /** A new run begins: before its first `register` none is opened. */
  newRun(): void {
    this.#lastCall = -Infinity;
    this.#callsWithParams = false;
  }

  /** A `register` call has its session. One that fails gives no reason to open more. */
  registered(now: number, withParams: boolean): void {
    this.#lastCall = now;
    this.#allowed = 2 * this.#limits.size;
    this.#callsWithParams ||= withParams;
  }

  /** The caller's from now on: one that is ready, or else the one that has been opening longest. */
  take(): T | undefined {
    for (const items of [this.#ready, this.#opening]) {
      for (const item of items) {
        if (this.#fitness(item) !== 'fit') continue;
        items.delete(item);
        return item;
      }
    }
    return undefined;
  }

  /** Its opening has begun. */
  began(item: T): void {
    this.#allowed--;
    this.#opening.add(item);
  }

  opened(item: T): void {
    if (this.#opening.delete(item)) this.#ready.add(item);
  }

  /** It could not be opened, or cannot be kept: none is opened before the next `register`. */
  failed(item: T): void {
    this.#allowed = 0;
    this.gone(item);
  }

  /** It holds no slot any more. */
  gone(item: T): void {
    this.#opening.delete(item);
    this.#ready.delete(item);
    this.#closing.delete(item);
  }

  /** The caller that has taken it, and waited for its opening, does not want it any more. */
  returned(item: T): void {
    this.#opening.add(item);
  }

  /** What to do now. */
  plan(now: number, { free, waiting }: Occupation): Plan<T> {
    const giveUp = this.#toGiveUp(waiting);
    for (const item of giveUp) {
      this.gone(item);
      this.#closing.add(item);
    }
    return { open: this.#toOpen(now, { free, waiting }), giveUp };
  }

  /** One is given up for a caller that does not wait in the queue. */
  giveUpOne(): T | undefined {
    const item = this.take();
    if (item !== undefined) this.#closing.add(item);
    return item;
  }

  #toOpen(now: number, { free, waiting }: Occupation): number {
    const { size, likely } = this.#limits;
    // A slot that is free is for a call that waits.
    if (waiting > 0 || now - this.#lastCall > likely) return 0;
    // The next call may have `params` again: it should not wait for the end of a warm one.
    const available = this.#callsWithParams ? free - 1 : free;
    return Math.max(0, Math.min(size - this.size, available, this.#allowed));
  }

  #toGiveUp(waiting: number): T[] {
    const stale = [...this.#ready, ...this.#opening].filter((item) => this.#fitness(item) === 'stale');
    const fit = [...this.#ready, ...this.#opening].filter((item) => this.#fitness(item) === 'fit');
    return [...stale, ...fit.slice(0, Math.max(0, waiting - this.#closing.size))];
  }
}
