/**
 * Skips MessagePack bytes without decoding them, with no recursion and no allocation, whatever the bytes claim. It protects
 * msgpackr, which recurses and reads some extension types as structure, from hostile frames.
 */
import { malformed } from './evidence.ts';

/**
 * Returns where the value that begins at `start` ends.
 * @param level how many containers it lies in already
 * @param plain refuse the extension types that `decode` does not know
 * @throws CarpoolError FRAME_MALFORMED if it is cut off, nests too deeply or is no MessagePack
 */
export type Skip = (bytes: Uint8Array, start: number, level: number, plain: boolean) => number;

/** Bytes that follow the type bytes 0xc0 … 0xdf; negative: so many bytes that hold the length of a bin, ext, str, array or map. */
const fixedSize = [
  0, 0, 0, 0, -1, -2, -4, -1, -2, -4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17, -1, -2, -4, -2, -4, -2, -4,
];

export function skipper(maxDepth: number): Skip {
  // Values still to come in each enclosing container. One array for all calls: a call never runs inside another.
  const outer = new Float64Array(maxDepth + 1);

  return function skip(bytes, start, level, plain) {
    const end = bytes.length;
    let at = start;
    let depth = level;
    let left = 1;
    for (;;) {
      while (left === 0) {
        if (depth === level) {
          if (at > end) throw cutOff(bytes);
          return at;
        }
        depth -= 1;
        left = outer[depth] as number;
      }
      left -= 1;
      if (at >= end) throw cutOff(bytes);
      const type = bytes[at] as number;
      at += 1;
      let inside: number;
      if (type < 0x80 || type >= 0xe0) continue;
      else if (type < 0x90) inside = (type & 0x0f) * 2;
      else if (type < 0xa0) inside = type & 0x0f;
      else if (type < 0xc0) {
        at += type & 0x1f;
        continue;
      } else {
        if (type === 0xc1) throw malformed('Cannot read message: 0xc1 is no MessagePack type', bytes);
        const fixed = fixedSize[type - 0xc0] as number;
        if (fixed >= 0) {
          if (plain && type >= 0xd4 && type <= 0xd8) checkExtension(bytes, at, fixed - 1);
          at += fixed;
          continue;
        }
        const size = readSize(bytes, at, -fixed);
        at -= fixed;
        if (type < 0xdc) {
          const extension = type >= 0xc7 && type <= 0xc9;
          if (extension && plain) checkExtension(bytes, at, size);
          at += extension ? size + 1 : size;
          continue;
        }
        inside = type >= 0xde ? size * 2 : size;
      }
      // Every value has at least one byte, so a count larger than the rest is false, and is refused before any work.
      if (inside > end - at) throw cutOff(bytes);
      if (depth >= maxDepth) throw malformed(`Cannot read message: it nests deeper than ${maxDepth} levels`, bytes);
      outer[depth] = left;
      depth += 1;
      left = inside;
    }
  };
}

/** An unsigned big-endian number of 1, 2 or 4 bytes. */
export function readSize(bytes: Uint8Array, at: number, width: number): number {
  if (at + width > bytes.length) throw cutOff(bytes);
  if (width === 1) return bytes[at] as number;
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (width === 2) return high;
  return high * 0x10000 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
}

export function cutOff(bytes: Uint8Array): Error {
  return malformed('Cannot read message: its MessagePack is cut off', bytes);
}

/**
 * Only timestamps are read, and what msgpackr writes for `undefined`, which a child in JavaScript may send unknowingly.
 * msgpackr reads other types, and the bytes after them, as records, references, sets, regular expressions and string tables:
 * a child must not trigger that by accident.
 */
function checkExtension(bytes: Uint8Array, at: number, size: number): void {
  const type = at < bytes.length ? (bytes[at] as number) : undefined;
  if (type === undefined) throw cutOff(bytes);
  if (type === 0 && size === 1) return;
  if (type === 0xff && (size === 4 || size === 8 || size === 12)) return;
  throw malformed(`Cannot read message: extension type ${(type << 24) >> 24} of ${size} bytes is not known`, bytes);
}
