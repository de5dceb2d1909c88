/** Quantiles of any number of times in bounded memory: counts by size, each size some 2 % above the one before. */

/** Of the bounds of two neighbours. A quantile is off by at most that. */
const growth = 1.02;
const scale = Math.log(growth);
/** Milliseconds: shorter times count as 0, and longer than a month as that. */
const shortest = 0.5;
const longest = 2_678_400_000;

export class Quantiles {
  /** How many, by the power of `growth`; 0 apart. At most 1,200 of them. */
  readonly #counts = new Map<number, number>();
  #zeros = 0;
  #count = 0;
  #min = Infinity;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** @param time milliseconds */
  add(time: number): void {
    const value = Math.min(Math.max(time, 0), longest);
    this.#count++;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (value < shortest) this.#zeros++;
    else {
      const power = Math.round(Math.log(value) / scale);
      this.#counts.set(power, (this.#counts.get(power) ?? 0) + 1);
    }
  }

  /** The smallest that so many are not above, to 1 %; 0 where there is none. @param part from 0 to 1 */
  at(part: number): number {
    const rank = Math.max(Math.ceil(this.#count * part), 1);
    let below = this.#zeros;
    if (this.#count === 0 || rank <= below) return 0;
    for (const [power, count] of [...this.#counts].toSorted(([a], [b]) => a - b)) {
      below += count;
      // The ends are known exactly.
      if (rank <= below) return Math.min(Math.max(growth ** power, this.#min), this.#max);
    }
    return this.#max;
  }
}
