/**
 * Frames behind their length as a varint: seven bits a byte, the least significant first, and the high bit set in all but
 * the last byte (unsigned LEB128). So protobuf delimits its messages, and Dart's embedded Sass compiler.
 */
import type { FrameLimits, Framing } from './codec.ts';
import { looksLikeText, malformed } from './evidence.ts';
import { type HeaderReader, SizedUnframer } from './sized-unframer.ts';
import { checkOutgoing, tooLargeLength } from './too-large.ts';

const none: Uint8Array = new Uint8Array(0);
/** Of 64 bits, as protobuf reads them. */
const longest = 10;

/** Frames behind their length in bytes, a varint (unsigned LEB128), as protobuf's delimited messages have it. */
export const varintPrefixed: Framing = {
  name: 'varint-prefixed',
  frame(payload, limits) {
    checkOutgoing(payload.length, limits);
    return { head: varint(payload.length), tail: none };
  },
  unframer: (limits) => new SizedUnframer(new VarintReader(limits)),
};

class VarintReader implements HeaderReader {
  readonly #limits: FrameLimits;
  readonly #header = new Uint8Array(longest);
  #filled = 0;
  #size = 0;
  #complete = false;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  read(chunk: Uint8Array, start: number): number {
    let at = start;
    while (!this.#complete && at < chunk.length) {
      const byte = chunk[at] as number;
      this.#header[this.#filled] = byte;
      this.#size += (byte & 0x7f) * 2 ** (7 * this.#filled);
      this.#filled += 1;
      at += 1;
      this.#complete = byte < 0x80;
      if (this.#complete || this.#filled < longest) continue;
      const seen = Uint8Array.of(...this.#header, ...chunk.subarray(at, at + longest));
      throw malformed(`Cannot read frame: its length has no end in ${longest} bytes`, seen);
    }
    if (this.#complete && this.#size > this.#limits.maxFrameBytes)
      throw tooLargeLength(this.#exactSize(), this.#limits, this.#header.subarray(0, this.#filled), chunk.subarray(at));
    return at;
  }

  takeSize(): number | undefined {
    if (!this.#complete) return undefined;
    const size = this.#size;
    this.#complete = false;
    this.#filled = 0;
    this.#size = 0;
    return size;
  }

  unfinished(): Uint8Array {
    return this.#header.subarray(0, this.#filled);
  }

  printed(): Uint8Array | undefined {
    // Text has no high bit, so it is read as a length of one byte.
    const first = this.#header.subarray(0, 1);
    return looksLikeText(first) ? first : undefined;
  }

  /** A number loses the last digits of a length of more than 53 bits. */
  #exactSize(): bigint {
    return this.#header.subarray(0, this.#filled).reduceRight((size, byte) => size * 128n + BigInt(byte & 0x7f), 0n);
  }
}

function varint(size: number): Uint8Array {
  const bytes: number[] = [];
  let rest = size;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.of(...bytes, rest);
}
