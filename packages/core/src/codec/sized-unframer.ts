import type { Unframer } from './codec.ts';
import { truncated } from './evidence.ts';
import { ChunkBuffer } from './chunk-buffer.ts';

/** Reads what stands before a body, byte by byte, over as many chunks as it takes. */
export interface HeaderReader {
  /** Continues at `start`; returns the position after what it has read. */
  read(chunk: Uint8Array, start: number): number;
  /** The size of the body when the header is complete and within the limit, else undefined. Then the next header begins. */
  takeSize(): number | undefined;
  /** What has arrived of an incomplete header. */
  unfinished(): Uint8Array;
}

/**
 * What framings with a size before the body have in common.
 *
 * ```
 * header ─complete, within the limit─▶ body ─all there─▶ payload, header
 * ```
 */
export class SizedUnframer implements Unframer {
  readonly #header: HeaderReader;
  /** Size of the body under way; undefined while the header is read. */
  #expected: number | undefined;
  readonly #body = new ChunkBuffer();

  constructor(header: HeaderReader) {
    this.#header = header;
  }

  push(chunk: Uint8Array, onPayload: (payload: Uint8Array) => void): void {
    let at = 0;
    for (;;) {
      if (this.#expected === undefined) {
        at = this.#header.read(chunk, at);
        this.#expected = this.#header.takeSize();
        if (this.#expected === undefined) return;
      }
      const end = at + this.#expected - this.#body.size;
      if (end > chunk.length) {
        if (at < chunk.length) this.#body.append(chunk.subarray(at), this.#expected);
        return;
      }
      const payload = this.#finish(chunk.subarray(at, end), this.#expected);
      at = end;
      onPayload(payload);
    }
  }

  end(): void {
    if (this.#expected !== undefined) {
      throw truncated(`after ${this.#body.size} of ${this.#expected} bytes`, this.#body.collected());
    }
    const header = this.#header.unfinished();
    if (header.length > 0) throw truncated('inside the header', header);
  }

  #finish(last: Uint8Array, size: number): Uint8Array {
    this.#expected = undefined;
    // Wholly inside one chunk: not copied.
    if (this.#body.size === 0) return last;
    this.#body.append(last, size);
    return this.#body.take();
  }
}
