/** Frames and formats: JSON lines, and MessagePack behind a length. */
import { decode, encode, Malformed, maxDepth } from './msgpack.ts';
import { sorted } from './sorted.ts';

export { Malformed };

const maxMessageBytes = 64 * 1024 * 1024;
const newline = 0x0a;

/** The rest of the stream cannot be read. */
export class Unreadable extends Error {}

export interface Wire {
  readonly codec: 'json' | 'msgpack';
  /** The payloads that this chunk completes. @throws Unreadable, after it has yielded those before the fault */
  push(chunk: Buffer): Iterable<Buffer>;
  /** The payloads that are left when the input ends. @throws Unreadable */
  end(): Iterable<Buffer>;
  /** @throws Malformed */
  decode(payload: Buffer): unknown;
  encode(message: object): Buffer;
}

export function jsonLines(): Wire {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let pending: Buffer[] = [];
  let size = 0;

  function add(part: Buffer): void {
    pending.push(part);
    size += part.length;
    if (size > maxMessageBytes) {
      throw new Unreadable(`JSON message exceeds ${maxMessageBytes} byte limit (${size} bytes)`);
    }
  }

  function* line(): Iterable<Buffer> {
    const whole = Buffer.concat(pending);
    pending = [];
    size = 0;
    try {
      if (utf8.decode(whole).trim() !== '') yield whole;
    } catch {
      throw new Unreadable('stream did not contain valid UTF-8');
    }
  }

  return {
    codec: 'json',
    *push(chunk) {
      let start = 0;
      for (let stop = chunk.indexOf(newline); stop >= 0; stop = chunk.indexOf(newline, start)) {
        add(chunk.subarray(start, stop));
        start = stop + 1;
        yield* line();
      }
      if (start < chunk.length) add(chunk.subarray(start));
    },
    end: line,
    decode(payload) {
      let value: unknown;
      try {
        value = JSON.parse(payload.toString());
      } catch (error) {
        throw new Malformed(`json decode: ${String(error)}`);
      }
      if (depthOf(value) >= maxDepth) throw new Malformed('json decode: recursion limit exceeded');
      return value;
    },
    encode: (message) => Buffer.from(`${JSON.stringify(sorted(message))}\n`),
  };
}

export function lengthPrefixed(): Wire {
  const head = Buffer.alloc(4);
  let headBytes = 0;
  let body: Buffer | undefined;
  let bodyBytes = 0;

  function begin(): void {
    const length = head.readUInt32BE();
    if (length === 0) throw new Unreadable('empty frame received');
    if (length > maxMessageBytes) {
      throw new Unreadable(`msgpack frame exceeds ${maxMessageBytes} byte limit (${length} bytes)`);
    }
    body = Buffer.allocUnsafe(length);
    bodyBytes = 0;
  }

  return {
    codec: 'msgpack',
    *push(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (body === undefined) {
          const copied = chunk.copy(head, headBytes, at);
          headBytes += copied;
          at += copied;
          if (headBytes === head.length) begin();
        } else {
          const copied = chunk.copy(body, bodyBytes, at);
          bodyBytes += copied;
          at += copied;
          if (bodyBytes === body.length) {
            const whole = body;
            body = undefined;
            headBytes = 0;
            yield whole;
          }
        }
      }
    },
    end() {
      if (body !== undefined) throw new Unreadable('failed to fill whole buffer');
      return [];
    },
    decode,
    encode(message) {
      const payload = encode(message);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(payload.length);
      return Buffer.concat([length, payload]);
    },
  };
}

function depthOf(root: unknown): number {
  let deepest = 0;
  const open: [unknown, number][] = [[root, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value !== 'object' || value === null) continue;
    deepest = Math.max(deepest, depth);
    for (const item of Object.values(value)) open.push([item, depth + 1]);
  }
  return deepest;
}
