/** Frames behind their length, a number of fixed width: four bytes, big-endian, as in Erlang's `{packet, 4}` and Plushie. */
import type { FrameLimits, Framing } from './codec.ts';
import { looksLikeText } from './evidence.ts';
import { type HeaderReader, SizedUnframer } from './sized-unframer.ts';
import { checkOutgoing, tooLargeLength } from './too-large.ts';

const none: Uint8Array = new Uint8Array(0);

/** The options of `lengthPrefixed`. */
export interface LengthPrefixOptions {
  /** How many bytes the length has. Default 4. */
  readonly bytes?: 1 | 2 | 4 | 8;
  /** Which byte of the length comes first: the most significant one, or the least. Default 'big'. */
  readonly endian?: 'big' | 'little';
}

/**
 * Frames behind their length in bytes, an unsigned number: by default of four bytes, big-endian. A length of one byte can
 * announce 255 bytes, one of two bytes 65,535; a larger message is refused with FRAME_TOO_LARGE.
 * @example
 * const codec = { name: 'native-messaging', framing: lengthPrefixed({ endian: 'little' }), format: json };
 */
export function lengthPrefixed({ bytes = 4, endian = 'big' }: LengthPrefixOptions = {}): Framing {
  const isDefault = bytes === 4 && endian === 'big';
  const head = isDefault ? bigHead : (size: number) => headOf(size, bytes, endian);
  const sizeOf = isDefault ? bigSize : endian === 'big' ? sizeFromBig : sizeFromLittle;
  const largest = 2 ** (8 * bytes) - 1;
  return {
    name: isDefault ? 'length-prefixed' : `length-prefixed, ${bytes}, ${endian}-endian`,
    frame(payload, limits) {
      checkOutgoing(payload.length, limits, largest);
      return { head: head(payload.length), tail: none };
    },
    unframer: (limits) => new SizedUnframer(new LengthReader(limits, new Uint8Array(bytes), { endian, sizeOf })),
  };
}

interface Order {
  readonly endian: 'big' | 'little';
  readonly sizeOf: (header: Uint8Array) => number;
}

class LengthReader implements HeaderReader {
  readonly #limits: FrameLimits;
  readonly #header: Uint8Array;
  readonly #order: Order;
  #filled = 0;

  constructor(limits: FrameLimits, header: Uint8Array, order: Order) {
    this.#limits = limits;
    this.#header = header;
    this.#order = order;
  }

  read(chunk: Uint8Array, start: number): number {
    const header = this.#header;
    let at = start;
    while (this.#filled < header.length && at < chunk.length) {
      header[this.#filled] = chunk[at] as number;
      this.#filled += 1;
      at += 1;
    }
    if (this.#filled === header.length && this.#order.sizeOf(header) > this.#limits.maxFrameBytes)
      throw tooLargeLength(this.#exactSize(), this.#limits, header, chunk.subarray(at));
    return at;
  }

  takeSize(): number | undefined {
    if (this.#filled < this.#header.length) return undefined;
    this.#filled = 0;
    return this.#order.sizeOf(this.#header);
  }

  unfinished(): Uint8Array {
    return this.#header.subarray(0, this.#filled);
  }

  printed(): Uint8Array | undefined {
    return looksLikeText(this.#header) ? this.#header : undefined;
  }

  /** A number loses the last digits of a length of eight bytes. */
  #exactSize(): bigint {
    const bytes = this.#order.endian === 'big' ? this.#header : this.#header.toReversed();
    return bytes.reduce((size, byte) => size * 256n + BigInt(byte), 0n);
  }
}

function bigHead(size: number): Uint8Array {
  return Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size);
}

function bigSize(header: Uint8Array): number {
  const [a, b, c, d] = header as unknown as [number, number, number, number];
  return a * 0x1000000 + ((b << 16) | (c << 8) | d);
}

function headOf(size: number, bytes: number, endian: 'big' | 'little'): Uint8Array {
  const head = new Uint8Array(bytes);
  let rest = size;
  for (let at = 0; at < bytes && rest > 0; at += 1) {
    head[endian === 'big' ? bytes - 1 - at : at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return head;
}

/** Above 2^53 it is rounded: larger than any limit, and refused. */
function sizeFromBig(header: Uint8Array): number {
  let size = 0;
  for (let at = 0; at < header.length; at += 1) size = size * 256 + (header[at] as number);
  return size;
}

function sizeFromLittle(header: Uint8Array): number {
  let size = 0;
  for (let at = header.length - 1; at >= 0; at -= 1) size = size * 256 + (header[at] as number);
  return size;
}
