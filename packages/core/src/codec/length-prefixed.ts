/** Frames of a four-byte big-endian length and that many bytes, as in Erlang's `{packet, 4}` and in Plushie. */
import type { FrameLimits, Framing } from './codec.ts';
import { looksLikeText } from './evidence.ts';
import { type HeaderReader, SizedUnframer } from './sized-unframer.ts';
import { checkOutgoing, tooLarge } from './too-large.ts';

const headerBytes = 4;
const shownBytes = 256;
const none: Uint8Array = new Uint8Array(0);

/** Frames behind their length in bytes: four bytes, big-endian. */
export const lengthPrefixed: Framing = {
  name: 'length-prefixed',
  frame(payload, limits) {
    const size = payload.length;
    checkOutgoing(size, limits);
    return { head: Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size), tail: none };
  },
  unframer: (limits) => new SizedUnframer(new LengthReader(limits)),
};

class LengthReader implements HeaderReader {
  readonly #limits: FrameLimits;
  readonly #header = new Uint8Array(headerBytes);
  #filled = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  read(chunk: Uint8Array, start: number): number {
    let at = start;
    while (this.#filled < headerBytes && at < chunk.length) {
      this.#header[this.#filled] = chunk[at] as number;
      this.#filled += 1;
      at += 1;
    }
    if (this.#filled === headerBytes && this.#size() > this.#limits.maxFrameBytes) this.#refuse(chunk.subarray(at));
    return at;
  }

  takeSize(): number | undefined {
    if (this.#filled < headerBytes) return undefined;
    this.#filled = 0;
    return this.#size();
  }

  unfinished(): Uint8Array {
    return this.#header.subarray(0, this.#filled);
  }

  #size(): number {
    const [a, b, c, d] = this.#header as unknown as [number, number, number, number];
    return a * 0x1000000 + ((b << 16) | (c << 8) | d);
  }

  #refuse(after: Uint8Array): never {
    // Text that is read as a length gives a number of a billion or more: show the text, not only the number.
    const seen = Uint8Array.of(...this.#header, ...after.subarray(0, shownBytes));
    throw tooLarge(this.#size(), this.#limits, seen, looksLikeText(this.#header));
  }
}
