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
  /** What was taken before the head is `undefined`, until it is the larger part: to move all for each one taken is n². */
  readonly #items: (T | undefined)[] = [];
  #head = 0;
  #takers: Taker<T>[] = [];
  #closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** False if it is full: the item was not kept. After `close` it returns true and drops the item. */
  push(item: T): boolean {
    if (this.#closed) return true;
    const at = this.#takers.findIndex((taker) => taker.matches === undefined || taker.matches(item));
    if (at >= 0) {
      this.#takers.splice(at, 1)[0]?.resolve(item);
      return true;
    }
    if (this.size >= this.capacity) return false;
    this.#items.push(item);
    return true;
  }

  /** Puts an item back at the front, for a taker that had no use for it any more. */
  unshift(item: T): void {
    const taker = this.#takers.findIndex(({ matches }) => matches === undefined || matches(item));
    if (taker >= 0) this.#takers.splice(taker, 1)[0]?.resolve(item);
    else if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  /** Drops the oldest item. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The last `count` items, which stay. */
  latest(count: number): readonly T[] {
    return this.#items.slice(this.#head).slice(-count) as T[];
  }

  /** What takes the next items, oldest first, as far as it has said so. */
  get waiters(): readonly Waiter[] {
    return this.#takers.flatMap(({ by }) => by ?? []);
  }

  /** Resolves with an item; with `undefined` when the mailbox is closed, or the wait ended by `stop`. */
  take(matches?: (item: T) => boolean, by?: Waiter): { readonly item: Promise<T | undefined>; stop(): void } {
    const at = this.#find(matches);
    if (at >= 0) {
      const item = at === this.#head ? this.shift() : this.#items.splice(at, 1)[0];
      return { item: Promise.resolve(item), stop: () => {} };
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

  /** Where the oldest item is that matches; -1: there is none. */
  #find(matches: ((item: T) => boolean) | undefined): number {
    if (matches === undefined) return this.size === 0 ? -1 : this.#head;
    return this.#items.findIndex((item, at) => at >= this.#head && matches(item as T));
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
