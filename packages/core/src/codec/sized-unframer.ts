import type { Unfinished, Unframer } from './codec.ts';
import { looksLikeText, truncated } from './evidence.ts';
import { ChunkBuffer } from './chunk-buffer.ts';

/** Reads what stands before a body, byte by byte, over as many chunks as it takes. */
export interface HeaderReader {
  /** Continues at `start`; returns the position after what it has read. */
  read(chunk: Uint8Array, start: number): number;
  /** The size of the body when the header is complete and within the limit, else undefined. Then the next header begins. */
  takeSize(): number | undefined;
  /** What has arrived of an incomplete header. */
  unfinished(): Uint8Array;
  /** The last header that was complete, where it may be printed text that was read as one. */
  printed?(): Uint8Array | undefined;
}

const newline = 0x0a;
/** A program that prints to the stream prints less before anything looks. */
const longestPrint = 4096;

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
    const { bytes } = this.unfinished() ?? {};
    if (bytes === undefined) return;
    const where =
      this.#expected === undefined ? 'inside the header' : `after ${this.#body.size} of ${this.#expected} bytes`;
    const printed = bytes.at(-1) === newline && this.#printed() !== undefined;
    throw truncated(printed ? `${where}; is something printing to stdout?` : where, bytes);
  }

  unfinished(): Unfinished | undefined {
    if (this.#expected !== undefined) {
      const missing = `${this.#expected - this.#body.size} of its ${this.#expected} bytes have not come`;
      return { bytes: this.#printed() ?? this.#body.collected(), missing };
    }
    const bytes = this.#header.unfinished();
    return bytes.length === 0 ? undefined : { bytes, missing: 'the rest of its header has not come' };
  }

  /** What came of the frame, with its header, where all of it is text. */
  #printed(): Uint8Array | undefined {
    const header = this.#header.printed?.();
    if (header === undefined || this.#body.size > longestPrint) return undefined;
    const whole = Uint8Array.of(...header, ...this.#body.collected());
    return looksLikeText(whole) ? whole : undefined;
  }

  #finish(last: Uint8Array, size: number): Uint8Array {
    this.#expected = undefined;
    // Wholly inside one chunk: not copied.
    if (this.#body.size === 0) return last;
    this.#body.append(last, size);
    return this.#body.take();
  }
}
