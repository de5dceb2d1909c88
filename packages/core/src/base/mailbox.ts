/**
 * A bounded queue: items are pushed at one end and taken from the other. The pusher never waits; when the mailbox is full,
 * the pusher decides what to do.
 */
import type { CallSite } from './errors.ts';

/** What waits for an item, for those that look. */
export interface Waiter {
  /** Milliseconds by the clock of its caller. */
  readonly since: number;
  readonly site: CallSite;
  /** It is a loop, which would take all that comes. Default: it takes one. */
  readonly loop?: true;
}

interface Taker<T> {
  readonly by: Waiter | undefined;
  readonly matches: ((item: T) => boolean) | undefined;
  readonly resolve: (item: T | undefined) => void;
}

export class Mailbox<T> {
  /** May be changed; items over a smaller capacity stay. */
  capacity: number;
  #items: T[] = [];
  #takers: Taker<T>[] = [];
  #closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  /** False if it is full: the item was not kept. After `close` it returns true and drops the item. */
  push(item: T): boolean {
    if (this.#closed) return true;
    const at = this.#takers.findIndex((taker) => taker.matches === undefined || taker.matches(item));
    if (at >= 0) {
      this.#takers.splice(at, 1)[0]?.resolve(item);
      return true;
    }
    if (this.#items.length >= this.capacity) return false;
    this.#items.push(item);
    return true;
  }

  /** Puts an item back at the front, for a taker that had no use for it any more. */
  unshift(item: T): void {
    const taker = this.#takers.findIndex(({ matches }) => matches === undefined || matches(item));
    if (taker >= 0) this.#takers.splice(taker, 1)[0]?.resolve(item);
    else this.#items.unshift(item);
  }

  /** Drops the oldest item. */
  shift(): T | undefined {
    return this.#items.shift();
  }

  /** The last `count` items, which stay. */
  latest(count: number): readonly T[] {
    return this.#items.slice(-count);
  }

  /** What takes the next items, oldest first, as far as it has said so. */
  get waiters(): readonly Waiter[] {
    return this.#takers.flatMap(({ by }) => by ?? []);
  }

  /** Resolves with an item; with `undefined` when the mailbox is closed, or the wait ended by `stop`. */
  take(matches?: (item: T) => boolean, by?: Waiter): { readonly item: Promise<T | undefined>; stop(): void } {
    const at = matches === undefined ? 0 : this.#items.findIndex(matches);
    if (at >= 0 && at < this.#items.length) {
      return { item: Promise.resolve(this.#items.splice(at, 1)[0]), stop: () => {} };
    }
    if (this.#closed) return { item: Promise.resolve(undefined), stop: () => {} };
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const taker: Taker<T> = { matches, by, resolve };
    this.#takers.push(taker);
    return {
      item: promise,
      stop: () => {
        this.#takers = this.#takers.filter((other) => other !== taker);
        resolve(undefined);
      },
    };
  }

  /** No more items; those that are there can still be taken. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const takers = this.#takers;
    this.#takers = [];
    for (const taker of takers) taker.resolve(undefined);
  }
}
