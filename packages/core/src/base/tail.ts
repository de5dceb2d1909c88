/** The last bytes of a stream, for the evidence of an error. */
export class Tail {
  readonly #limit: number;
  /** A ring buffer, made with the first byte: most children print nothing to stderr. */
  #ring: Uint8Array | undefined;
  /** Bytes that have passed in all. */
  #total = 0;

  /** @param limit bytes that are kept */
  constructor(limit: number = 16 * 1024) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    const kept = chunk.length > this.#limit ? chunk.subarray(chunk.length - this.#limit) : chunk;
    const ring = (this.#ring ??= new Uint8Array(this.#limit));
    const from = (this.#total + chunk.length - kept.length) % this.#limit;
    const untilEnd = Math.min(kept.length, this.#limit - from);
    ring.set(kept.subarray(0, untilEnd), from);
    ring.set(kept.subarray(untilEnd), 0);
    this.#total += chunk.length;
  }

  /** Bytes that have passed so far: a place in the stream, for `text`. */
  get total(): number {
    return this.#total;
  }

  bytes(): Uint8Array {
    if (this.#ring === undefined) return new Uint8Array(0);
    if (this.#total <= this.#limit) return this.#ring.slice(0, this.#total);
    const oldest = this.#total % this.#limit;
    const bytes = new Uint8Array(this.#limit);
    bytes.set(this.#ring.subarray(oldest), 0);
    bytes.set(this.#ring.subarray(0, oldest), this.#limit - oldest);
    return bytes;
  }

  /**
   * Whole characters only: one that the limit has cut is left out at the front, an unfinished one at the end.
   * @param since a `total` of before: what had passed then is left out. Default: all that is kept
   */
  text(since = 0): string {
    const all = this.bytes();
    const first = this.#total - all.length;
    const bytes = all.subarray(Math.max(0, since - first));
    let start = 0;
    if (Math.max(first, since) > 0) while (start < 3 && isContinuation(bytes[start])) start++;
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start), { stream: true });
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
