/**
 * MessagePack as the renderer reads and writes it. It shares no code with Carpool, so that the suites test two independent
 * implementations against each other. Bytes are read as base64 text, as the renderer does it too.
 */

/** Deeper messages are refused. */
export const maxDepth = 128;

export class Malformed extends Error {}

export function decode(bytes: Buffer): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let at = 0;

  function take(length: number): number {
    const start = at;
    at += length;
    if (at > bytes.length) throw new Malformed('msgpack decode: the frame ends too early');
    return start;
  }

  const uint = (size: 1 | 2 | 4): number => bytes.readUIntBE(take(size), size);
  const int = (size: 1 | 2 | 4): number => bytes.readIntBE(take(size), size);

  function text(length: number): string {
    const start = take(length);
    try {
      return utf8.decode(bytes.subarray(start, at));
    } catch {
      throw new Malformed('msgpack decode (invalid UTF-8)');
    }
  }

  function binary(length: number): string {
    return bytes.toString('base64', take(length), at);
  }

  function extension(length: number): null {
    take(length + 1);
    return null;
  }

  function array(length: number, depth: number): unknown[] {
    enter(length, depth);
    return Array.from({ length }, () => value(depth));
  }

  function map(length: number, depth: number): Record<string, unknown> {
    enter(length * 2, depth);
    const entries: [string, unknown][] = [];
    for (let index = 0; index < length; index++) entries.push([String(value(depth)), value(depth)]);
    return Object.fromEntries(entries);
  }

  /** An empty container does not count as a level. */
  function enter(elements: number, depth: number): void {
    if (elements > bytes.length - at) throw new Malformed(`msgpack container declares ${elements} elements`);
    if (elements > 0 && depth > maxDepth) throw new Malformed(`msgpack nesting depth exceeds limit (${maxDepth})`);
  }

  function value(above: number): unknown {
    const depth = above + 1;
    const byte = uint(1);
    if (byte <= 0x7f) return byte;
    if (byte <= 0x8f) return map(byte & 0x0f, depth);
    if (byte <= 0x9f) return array(byte & 0x0f, depth);
    if (byte <= 0xbf) return text(byte & 0x1f);
    if (byte >= 0xe0) return byte - 0x100;
    switch (byte) {
      case 0xc0:
      case 0xc1:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return binary(uint(1));
      case 0xc5:
        return binary(uint(2));
      case 0xc6:
        return binary(uint(4));
      case 0xc7:
        return extension(uint(1));
      case 0xc8:
        return extension(uint(2));
      case 0xc9:
        return extension(uint(4));
      case 0xca:
        return view.getFloat32(take(4));
      case 0xcb:
        return view.getFloat64(take(8));
      case 0xcc:
        return uint(1);
      case 0xcd:
        return uint(2);
      case 0xce:
        return uint(4);
      case 0xcf:
        return Number(view.getBigUint64(take(8)));
      case 0xd0:
        return int(1);
      case 0xd1:
        return int(2);
      case 0xd2:
        return int(4);
      case 0xd3:
        return Number(view.getBigInt64(take(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return extension(1 << (byte - 0xd4));
      case 0xd9:
        return text(uint(1));
      case 0xda:
        return text(uint(2));
      case 0xdb:
        return text(uint(4));
      case 0xdc:
        return array(uint(2), depth);
      case 0xdd:
        return array(uint(4), depth);
      case 0xde:
        return map(uint(2), depth);
      case 0xdf:
        return map(uint(4), depth);
      default:
        throw new Malformed(`msgpack decode: unknown marker 0x${byte.toString(16)}`);
    }
  }

  // Bytes after the first value of a frame are ignored.
  return value(0);
}

export function encode(message: unknown): Buffer {
  const parts: Buffer[] = [];

  function head(byte: number, size: 0 | 1 | 2 | 4, count: number): void {
    const part = Buffer.alloc(1 + size);
    part[0] = byte;
    if (size > 0) part.writeUIntBE(count, 1, size);
    parts.push(part);
  }

  function container(count: number, fix: number, wide: number): void {
    if (count <= 0x0f) head(fix | count, 0, 0);
    else if (count <= 0xffff) head(wide, 2, count);
    else head(wide + 1, 4, count);
  }

  function text(value: string): void {
    const bytes = Buffer.from(value);
    if (bytes.length <= 0x1f) head(0xa0 | bytes.length, 0, 0);
    else if (bytes.length <= 0xff) head(0xd9, 1, bytes.length);
    else if (bytes.length <= 0xffff) head(0xda, 2, bytes.length);
    else head(0xdb, 4, bytes.length);
    parts.push(bytes);
  }

  function number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      const part = Buffer.alloc(9);
      part[0] = 0xcb;
      part.writeDoubleBE(value, 1);
      parts.push(part);
    } else if (value >= -0x20 && value <= 0x7f) head(value & 0xff, 0, 0);
    else if (value >= 0 && value <= 0xff) head(0xcc, 1, value);
    else if (value >= 0 && value <= 0xffff) head(0xcd, 2, value);
    else if (value >= 0 && value <= 0xffffffff) head(0xce, 4, value);
    else {
      const part = Buffer.alloc(9);
      part[0] = value > 0 ? 0xcf : 0xd3;
      part.writeBigInt64BE(BigInt(value), 1);
      parts.push(part);
    }
  }

  function write(value: unknown): void {
    if (value === null || value === undefined) return head(0xc0, 0, 0);
    if (typeof value === 'boolean') return head(value ? 0xc3 : 0xc2, 0, 0);
    if (typeof value === 'number') return number(value);
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) {
      container(value.length, 0x90, 0xdc);
      for (const item of value) write(item);
      return;
    }
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    container(entries.length, 0x80, 0xde);
    for (const [key, item] of entries) {
      text(key);
      write(item);
    }
  }

  write(message);
  return Buffer.concat(parts);
}
