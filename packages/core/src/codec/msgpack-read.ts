/** Reads one scalar from MessagePack bytes that `Skip` has checked, so that nothing can be cut off here. */
import type { Scalar } from './codec.ts';
import { malformed } from './evidence.ts';
import { maxFieldBytes } from './fields.ts';
import { readSize } from './msgpack-skip.ts';

// `ignoreBOM` keeps a leading U+FEFF: it is part of the string.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Bytes from which TextDecoder is faster than reading by hand (measured). */
const longByHand = 16;

/** The scalar at `at`, which ends at `end`; undefined for anything else. */
export function readScalar(bytes: Uint8Array, at: number, end: number): Scalar | undefined {
  const type = bytes[at] as number;
  if (type < 0x80) return type;
  if (type >= 0xe0) return type - 0x100;
  if (type < 0xa0) return undefined;
  if (type < 0xc0) return readText(bytes, at + 1, end);
  switch (type) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xca:
      return view(bytes, at).getFloat32(1);
    case 0xcb:
      return view(bytes, at).getFloat64(1);
    case 0xcc:
    case 0xcd:
    case 0xce:
      return readSize(bytes, at + 1, end - at - 1);
    case 0xcf:
      return narrow(view(bytes, at).getBigUint64(1));
    case 0xd0:
      return ((bytes[at + 1] as number) << 24) >> 24;
    case 0xd1:
      return (readSize(bytes, at + 1, 2) << 16) >> 16;
    case 0xd2:
      return readSize(bytes, at + 1, 4) | 0;
    case 0xd3:
      return narrow(view(bytes, at).getBigInt64(1));
    case 0xd9:
      return readText(bytes, at + 2, end);
    case 0xda:
      return readText(bytes, at + 3, end);
    case 0xdb:
      return readText(bytes, at + 5, end);
    default:
      return undefined;
  }
}

function readText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const size = end - start;
  if (size > maxFieldBytes) return undefined;
  if (size <= longByHand) {
    let text = '';
    let at = start;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch (cause) {
    // Not replaced by U+FFFD: two ids could become one.
    throw malformed('Cannot read message: a field is not UTF-8', bytes, { cause });
  }
}

/** A number where that is exact, else a bigint, as in `decode`. */
function narrow(value: bigint): number | bigint {
  return value <= 0x20000000000000n && value >= -0x20000000000000n ? Number(value) : value;
}

function view(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 9 <= bytes.length - at ? 9 : 5);
}
