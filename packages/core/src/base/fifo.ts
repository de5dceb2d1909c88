/**
 * A queue that takes constant time for each item, however long it is. The `shift` of a long array moves all the rest, and
 * a `Set` walks over what was deleted at its front.
 */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  /** How many of `#items` were taken. */
  #taken = 0;

  get size(): number {
    return this.#items.length - this.#taken;
  }

  /** The oldest item. */
  get first(): T | undefined {
    return this.#items[this.#taken];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the oldest item. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#taken];
    this.#items[this.#taken++] = undefined;
    if (this.#taken === this.#items.length) this.#restart([]);
    // Copies fewer items than were taken since the last copy.
    else if (this.#taken > 1_000 && this.#taken * 2 > this.#items.length) this.#restart(this.#items.slice(this.#taken));
    return item;
  }

  /** All items, the oldest first. */
  all(): T[] {
    return this.#items.slice(this.#taken) as T[];
  }

  /** Takes all items, the oldest first. */
  drain(): T[] {
    const items = this.all();
    this.#restart([]);
    return items;
  }

  #restart(items: (T | undefined)[]): void {
    this.#items = items;
    this.#taken = 0;
  }
}
