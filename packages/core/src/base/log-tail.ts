/** The end of a log, without the lines that its config leaves out: one that says nothing in each session fills all of it. */
import { Tail } from './tail.ts';

/** Bytes of a line without an end that are held back to be looked at. */
const longestLine = 16 * 1024;
const newline = 10;

export class LogTail {
  readonly #tail: Tail;
  readonly #leftOut: RegExp;
  /** Of the line that has no end so far. */
  #unfinished: Uint8Array = new Uint8Array(0);

  /** @param leftOut lines that match are not kept @param limit bytes that are kept */
  constructor(leftOut: RegExp, limit?: number) {
    this.#tail = new Tail(limit);
    // One that is `g` or `y` keeps a place.
    this.#leftOut = new RegExp(leftOut.source, leftOut.flags.replaceAll(/[gy]/g, ''));
  }

  push(chunk: Uint8Array): void {
    let rest = joined(this.#unfinished, chunk);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      const line = rest.subarray(0, end + 1);
      if (!this.#isLeftOut(line)) this.#tail.push(line);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > longestLine) {
      this.#tail.push(rest);
      rest = rest.subarray(rest.length);
    }
    // A copy: the chunk is another's.
    this.#unfinished = rest.slice();
  }

  /** Bytes that were kept so far: a place for `text`. */
  get total(): number {
    return this.#tail.total;
  }

  /** @param since a `total` of before. Default: all that is kept */
  text(since?: number): string {
    const kept = this.#tail.text(since);
    const shown = this.#unfinished.length > 0 && !this.#isLeftOut(this.#unfinished);
    return shown ? kept + new TextDecoder().decode(this.#unfinished) : kept;
  }

  #isLeftOut(line: Uint8Array): boolean {
    return this.#leftOut.test(new TextDecoder().decode(line).replace(/\r?\n$/, ''));
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
