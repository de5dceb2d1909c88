/** Spans of time in rows. Pure. */

export interface Spanning {
  readonly from: number;
  readonly to: number;
}

/**
 * As few rows as have no two spans at the same time, each in the order of their begins. The first row that is free gets the
 * next one. In n log n steps: 100,000 calls may wait at the same time.
 */
export function lanesOf<Span extends Spanning>(spans: readonly Span[]): Span[][] {
  const lanes: Span[][] = [];
  /** Ends of lanes that are not over, the first one on top; and the numbers of those that are, the smallest on top. */
  const busy = new Heap<{ readonly end: number; readonly lane: number }>((a, b) => a.end - b.end);
  const free = new Heap<number>((a, b) => a - b);
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    for (let first = busy.top; first !== undefined && first.end <= span.from; first = busy.top) {
      busy.pop();
      free.push(first.lane);
    }
    const lane = free.pop() ?? lanes.push([]) - 1;
    lanes[lane]?.push(span);
    busy.push({ end: span.to, lane });
  }
  return lanes;
}

/** A binary heap. */
class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #compare: (a: Item, b: Item) => number;

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare;
  }

  /** The smallest. */
  get top(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#compare(items[above] as Item, item) <= 0) break;
      items[at] = items[above] as Item;
      at = above;
    }
    items[at] = item;
  }

  pop(): Item | undefined {
    const items = this.#items;
    const [top, last] = [items[0], items.pop()];
    if (items.length === 0 || last === undefined) return top;
    let at = 0;
    for (let below = 1; below < items.length; below = 2 * at + 1) {
      const right = below + 1;
      const isRight = right < items.length && this.#compare(items[right] as Item, items[below] as Item) < 0;
      const least = isRight ? right : below;
      if (this.#compare(last, items[least] as Item) <= 0) break;
      items[at] = items[least] as Item;
      at = least;
    }
    items[at] = last;
    return top;
  }
}
