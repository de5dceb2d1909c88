/** Simulated time: events run in its order, and all that follows from one at once runs before the next. */
/** Of one run: many more than any needs. */
const mostEvents = 500_000;

export class Timeline {
  now = 0;
  #events: { readonly at: number; readonly run: () => void }[] = [];
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1, the same for the same seed: mulberry32. */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  at(time: number, run: () => void): void {
    const event = { at: Math.max(time, this.now), run };
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      // The next one is the last; of the same time the earlier.
      if ((this.#events[middle]?.at ?? 0) > event.at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
  }

  async run(until: number): Promise<void> {
    let left = mostEvents;
    for (let next = this.#events.pop(); next !== undefined && next.at <= until; next = this.#events.pop()) {
      if (--left === 0) throw new Error(`there is no end of events at ${this.now} ms`);
      this.now = next.at;
      next.run();
      await settled();
    }
  }
}

/** All promises that are settled have told so: their queue is empty. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
