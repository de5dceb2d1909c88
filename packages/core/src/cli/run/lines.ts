/** The lines of a stream that comes in pieces, each behind a prefix: what several processes print is mixed by whole lines. */

const newline = 10;
/** Bytes of a line without an end that are held back. A longer one is cut. */
const defaultLongest = 1024 * 1024;

export class Lines {
  readonly #prefix: Uint8Array;
  readonly #longest: number;
  /** Of the line that has no end so far. */
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(prefix: string, longest: number = defaultLongest) {
    this.#prefix = new TextEncoder().encode(prefix);
    this.#longest = longest;
  }

  /** @returns what can be printed now */
  push(chunk: Uint8Array): Uint8Array {
    const whole: Uint8Array[] = [];
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      whole.push(this.#prefix, ...this.#take(), chunk.subarray(from, end + 1));
      from = end + 1;
    }
    // A copy: a few bytes must not keep the whole chunk in memory.
    if (from < chunk.length) this.#parts.push(chunk.slice(from));
    this.#size += chunk.length - from;
    if (this.#size > this.#longest) whole.push(this.end());
    return Buffer.concat(whole);
  }

  /** The last line, which has no end: it gets one, because another process prints next. */
  end(): Uint8Array {
    if (this.#size === 0) return new Uint8Array(0);
    return Buffer.concat([this.#prefix, ...this.#take(), Uint8Array.of(newline)]);
  }

  #take(): Uint8Array[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#size = 0;
    return parts;
  }
}
