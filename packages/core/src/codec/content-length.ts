/**
 * Frames of header lines, an empty line and a body: `Content-Length: 2\r\n\r\n{}`. This is the base protocol of language
 * servers and debug adapters: Language Server Protocol Specification 3.17, "Base Protocol" › "Header Part". Header names
 * are compared without case, as HTTP does, whose semantics that section refers to; other headers are allowed and ignored.
 */
import type { FrameLimits, Framing } from './codec.ts';
import { malformed } from './evidence.ts';
import { ChunkBuffer } from './chunk-buffer.ts';
import { type HeaderReader, SizedUnframer } from './sized-unframer.ts';
import { checkOutgoing, tooLarge } from './too-large.ts';

const maxHeaderBytes = 8 * 1024;
const carriageReturn = 0x0d;
const newline = 0x0a;
const question = 'is something printing to stdout?';
const none: Uint8Array = new Uint8Array(0);

/** Frames with a `Content-Length` header, as language servers and debug adapters use them. */
export const contentLength: Framing = {
  name: 'content-length',
  frame(payload, limits) {
    checkOutgoing(payload.length, limits);
    return { head: new TextEncoder().encode(`Content-Length: ${payload.length}\r\n\r\n`), tail: none };
  },
  unframer: (limits) => new SizedUnframer(new FieldsReader(limits)),
};

class FieldsReader implements HeaderReader {
  readonly #limits: FrameLimits;
  readonly #header = new ChunkBuffer();
  /** How much of the final `\r\n\r\n` has arrived, so that each byte is read once. */
  #matched = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  read(chunk: Uint8Array, start: number): number {
    const limit = Math.min(chunk.length, start + maxHeaderBytes - this.#header.size);
    let at = start;
    while (at < limit && this.#matched < 4) {
      const byte = chunk[at] as number;
      const wanted = this.#matched % 2 === 0 ? carriageReturn : newline;
      this.#matched = byte === wanted ? this.#matched + 1 : byte === carriageReturn ? 1 : 0;
      at += 1;
    }
    this.#header.append(chunk.subarray(start, at));
    if (this.#matched < 4 && this.#header.size >= maxHeaderBytes) {
      throw malformed(
        `Cannot read frame: no end of its header in ${maxHeaderBytes} bytes; ${question}`,
        this.#header.take(),
      );
    }
    return at;
  }

  takeSize(): number | undefined {
    if (this.#matched < 4) return undefined;
    this.#matched = 0;
    return sizeIn(this.#header.take(), this.#limits);
  }

  unfinished(): Uint8Array {
    return this.#header.collected();
  }
}

/** A field line of HTTP: a token, a colon, and the rest. */
const fieldLine = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;

function sizeIn(header: Uint8Array, limits: FrameLimits): number {
  let size: number | undefined;
  for (const line of new TextDecoder().decode(header.subarray(0, -4)).split('\r\n')) {
    const [, name, value] = fieldLine.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw malformed(`Cannot read frame: ${JSON.stringify(line.slice(0, 80))} is no header; ${question}`, header);
    }
    if (name.toLowerCase() !== 'content-length') continue;
    // Two sizes, even equal ones, mean that the sender does not know where its frames end.
    if (size !== undefined || !/^\d{1,15}$/.test(value))
      throw malformed('Cannot read frame: bad Content-Length', header);
    size = Number(value);
  }
  if (size === undefined) throw malformed('Cannot read frame: no Content-Length in its header', header);
  if (size > limits.maxFrameBytes) throw tooLarge(size, limits, header, false);
  return size;
}
