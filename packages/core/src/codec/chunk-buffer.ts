/**
 * Collects the chunks of one payload, in time and memory linear in what has arrived.
 *
 * The buffer grows fourfold, never beyond the announced size. Above 256 KiB the announced size is allocated at once:
 * untouched pages cost no RAM. So a peer that announces 64 MiB and sends nothing costs 1 KiB, one that sends a part costs
 * about that part, and a complete payload is copied at most 1⅓ times, and once if it is large. A list of chunks would copy
 * once too, but costs an object for each one-byte chunk and keeps whole chunks of the stream alive.
 */
const smallest = 1024;
const large = 256 * 1024;

export class ChunkBuffer {
  #buffer: Uint8Array = new Uint8Array(0);
  size = 0;

  /** @param expected the size of the whole payload, if it is known */
  append(piece: Uint8Array, expected: number = Infinity): void {
    const needed = this.size + piece.length;
    if (needed > this.#buffer.length) {
      const room = needed >= large && Number.isFinite(expected) ? expected : needed * 4;
      const larger = new Uint8Array(Math.min(expected, Math.max(smallest, room)));
      larger.set(this.collected());
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.size);
    this.size = needed;
  }

  /** What has arrived so far, not copied. */
  collected(): Uint8Array {
    return this.#buffer.subarray(0, this.size);
  }

  /** Returns the payload and starts the next one. */
  take(): Uint8Array {
    // A payload may be kept for long: it must not keep much more memory than its own.
    const payload = this.size * 2 < this.#buffer.length ? this.#buffer.slice(0, this.size) : this.collected();
    this.#buffer = new Uint8Array(0);
    this.size = 0;
    return payload;
  }
}
