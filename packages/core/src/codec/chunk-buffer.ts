/**
 * Collects the pieces of one payload that came in several chunks, in time and memory linear in what has arrived.
 *
 * The buffer grows fourfold and never beyond the expected size; a payload that has shown to be a large one gets all of
 * its room at once, since memory that nobody writes to is no memory yet. So a peer that announces 64 MiB and sends
 * nothing costs 1 KiB, one that sends a part costs about that part, and an honest payload is copied once if it is large,
 * and at most 1⅓ times however small its pieces are. A list of pieces would copy once, but costs an object for every one-byte chunk and
 * keeps whole chunks of the stream alive.
 */
const smallest = 1024;
const large = 256 * 1024;

export class ChunkBuffer {
  #buffer: Uint8Array = new Uint8Array(0);
  size = 0;

  /** @param expected the size of the whole payload, where it is known */
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

  /** What there is so far, not copied. */
  collected(): Uint8Array {
    return this.#buffer.subarray(0, this.size);
  }

  /** Gives the payload away and starts anew. */
  take(): Uint8Array {
    // A payload may be kept for long: it must not hold on to much more memory than its own.
    const payload = this.size * 2 < this.#buffer.length ? this.#buffer.slice(0, this.size) : this.collected();
    this.#buffer = new Uint8Array(0);
    this.size = 0;
    return payload;
  }
}
