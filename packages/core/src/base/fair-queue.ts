/**
 * A queue that is fair between the runs of a machine: each run that waits has one turn after the other, and within a run
 * the first to come is the first to be served. With one run it is first in, first out. What is at the head stays there
 * until it is taken out.
 */
export class FairQueue<T extends { readonly run?: string | undefined }> {
  /** What waits, by its run. The first run has the turn. */
  readonly #runs = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The next to be served. */
  get first(): T | undefined {
    for (const [items] of this.#runs.values()) return items;
    return undefined;
  }

  /** What waits of one run. */
  sizeOf(run: string = ''): number {
    return this.#runs.get(run)?.size ?? 0;
  }

  add(item: T): void {
    const { run = '' } = item;
    const own = this.#runs.get(run);
    if (own === undefined) this.#runs.set(run, new Set([item]));
    else if (own.has(item)) return;
    else own.add(item);
    this.#size++;
  }

  /** Gives up waiting: the turn of its run stays where it was. False: it was not waiting. */
  delete(item: T): boolean {
    const { run = '' } = item;
    const own = this.#runs.get(run);
    if (own?.delete(item) !== true) return false;
    this.#size--;
    if (own.size === 0) this.#runs.delete(run);
    return true;
  }

  /** Takes out the first: its run has had its turn. */
  shift(): T | undefined {
    const { first } = this;
    if (first === undefined) return undefined;
    const { run = '' } = first;
    this.delete(first);
    const own = this.#runs.get(run);
    if (own !== undefined && this.#runs.size > 1) {
      this.#runs.delete(run);
      this.#runs.set(run, own);
    }
    return first;
  }

  /** In the order in which they would be served. Not to be changed meanwhile. */
  values(): IterableIterator<T> {
    const [own, ...others] = this.#runs.values();
    return own !== undefined && others.length === 0 ? own.values() : this.#turns();
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.values();
  }

  *#turns(): Generator<T> {
    const waiting = new Set([...this.#runs.values()].map((own) => own.values()));
    while (waiting.size > 0) {
      for (const own of waiting) {
        const { done, value } = own.next();
        if (done === true) waiting.delete(own);
        else yield value;
      }
    }
  }
}
