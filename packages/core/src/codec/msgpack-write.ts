/** Writes scalars as MessagePack, each in its shortest form, without msgpackr and its buffers. */
import type { Scalar } from './codec.ts';
import { unwritable } from './evidence.ts';

const encoder = new TextEncoder();
const longestHeader = 5;
const longestNumber = 9;

/** An upper bound of what `writeScalar` needs. */
export function roomFor(value: Scalar): number {
  return typeof value === 'string' ? longestHeader + value.length * 3 : longestNumber;
}

/** Writes at `at`. @returns the position after it */
export function writeScalar(out: Uint8Array, at: number, value: Scalar): number {
  switch (typeof value) {
    case 'string':
      return writeText(out, at, value);
    case 'number':
      return Number.isSafeInteger(value) ? writeInteger(out, at, value) : writeFloat(out, at, value);
    case 'bigint':
      return writeBigint(out, at, value);
    case 'boolean':
      out[at] = value ? 0xc3 : 0xc2;
      return at + 1;
    default:
      out[at] = 0xc0;
      return at + 1;
  }
}

/** Writes the head of a map of `count` pairs. */
export function writeMapHead(out: Uint8Array, at: number, count: number): number {
  if (count < 0x10) {
    out[at] = 0x80 | count;
    return at + 1;
  }
  return count < 0x10000 ? writeSized(out, at, 0xde, count, 2) : writeSized(out, at, 0xdf, count, 4);
}

function writeText(out: Uint8Array, at: number, text: string): number {
  if (text.length < 0x20) {
    let index = 0;
    for (; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) break;
      out[at + 1 + index] = unit;
    }
    if (index === text.length) {
      out[at] = 0xa0 | index;
      return at + 1 + index;
    }
  }
  const bytes = encoder.encode(text);
  const size = bytes.length;
  let start: number;
  if (size < 0x20) start = writeSized(out, at, 0xa0 | size, 0, 0);
  else if (size < 0x100) start = writeSized(out, at, 0xd9, size, 1);
  else if (size < 0x10000) start = writeSized(out, at, 0xda, size, 2);
  else start = writeSized(out, at, 0xdb, size, 4);
  out.set(bytes, start);
  return start + size;
}

function writeInteger(out: Uint8Array, at: number, value: number): number {
  if (value >= 0) {
    if (value < 0x80) return writeSized(out, at, value, 0, 0);
    if (value < 0x100) return writeSized(out, at, 0xcc, value, 1);
    if (value < 0x10000) return writeSized(out, at, 0xcd, value, 2);
    if (value < 0x100000000) return writeSized(out, at, 0xce, value, 4);
    return writeSized(out, at, 0xcf, value, 8);
  }
  if (value >= -0x20) return writeSized(out, at, 0x100 + value, 0, 0);
  if (value >= -0x80) return writeSized(out, at, 0xd0, value, 1);
  if (value >= -0x8000) return writeSized(out, at, 0xd1, value, 2);
  if (value >= -0x80000000) return writeSized(out, at, 0xd2, value, 4);
  return writeSized(out, at, 0xd3, value, 8);
}

function writeBigint(out: Uint8Array, at: number, value: bigint): number {
  if (value !== BigInt.asIntN(64, value) && value !== BigInt.asUintN(64, value)) {
    throw unwritable(`${value} does not fit into 64 bits`);
  }
  out[at] = value < 0n ? 0xd3 : 0xcf;
  new DataView(out.buffer, out.byteOffset + at + 1, 8).setBigUint64(0, BigInt.asUintN(64, value));
  return at + 9;
}

function writeFloat(out: Uint8Array, at: number, value: number): number {
  out[at] = 0xcb;
  new DataView(out.buffer, out.byteOffset + at + 1, 8).setFloat64(0, value);
  return at + 9;
}

/** A type byte and `width` bytes of an integer, the most significant first; a negative one in two's complement. */
function writeSized(out: Uint8Array, at: number, type: number, value: number, width: number): number {
  out[at] = type;
  let rest = value;
  for (let index = width; index > 0; index -= 1) {
    out[at + index] = rest;
    // Not `>>`: the value may have more than 32 bits.
    rest = Math.floor(rest / 0x100);
  }
  return at + 1 + width;
}
