/**
 * Frames that end with one byte: a newline (JSON lines) or NUL (Chromium's remote debugging pipe). All is counted
 * in bytes, so that chunks may split a character anywhere.
 */
import { CarpoolError } from '../base/errors.ts';
import type { FrameLimits, Framing, Unfinished, Unframer } from './codec.ts';
import { describeBytes, looksLikeText, truncated } from './evidence.ts';
import { ChunkBuffer } from './chunk-buffer.ts';
import { checkOutgoing, tooLarge } from './too-large.ts';

const carriageReturn = 0x0d;
const none: Uint8Array = new Uint8Array(0);

/** The options of `delimited`. */
export interface DelimitedOptions {
  /** Frames are lines of text: a carriage return before the delimiter is not part of the payload, and blank lines are skipped. Default false. */
  readonly lines?: boolean;
}

/** A framing whose frames end with `delimiter`, which payloads must not contain. */
export function delimited(name: string, delimiter: number, options: DelimitedOptions = {}): Framing {
  const tail = Uint8Array.of(delimiter);
  return {
    name,
    lines: options.lines ?? false,
    frame(payload, limits) {
      checkOutgoing(payload.length, limits);
      const at = payload.indexOf(delimiter);
      if (at === -1) return { head: none, tail };
      throw new CarpoolError(
        'FRAME_MALFORMED',
        `Cannot send frame: it holds the delimiter of ${name} frames at byte ${at}`,
        {
          scope: 'call',
          blame: 'test',
          context: { at, delimiter },
          evidence: { stdout: describeBytes(payload) },
        },
      );
    },
    unframer: (limits) => new DelimitedUnframer(name, { delimiter, lines: options.lines ?? false, limits }),
  };
}

/** Frames that end with a newline; a carriage return before it is dropped, and empty lines are skipped. */
export const newlineDelimited: Framing = delimited('newline', 0x0a, { lines: true });
/** Frames that end with a NUL byte. */
export const nulDelimited: Framing = delimited('nul', 0x00);

class DelimitedUnframer implements Unframer {
  readonly #name: string;
  readonly #delimiter: number;
  readonly #lines: boolean;
  readonly #limits: FrameLimits;
  readonly #started = new ChunkBuffer();

  constructor(
    name: string,
    { delimiter, lines, limits }: { readonly delimiter: number; readonly lines: boolean; readonly limits: FrameLimits },
  ) {
    this.#name = name;
    this.#delimiter = delimiter;
    this.#lines = lines;
    this.#limits = limits;
  }

  push(chunk: Uint8Array, onPayload: (payload: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      // Each byte is searched once: what is collected so far has no delimiter.
      const end = chunk.indexOf(this.#delimiter, at);
      if (end === -1) {
        const rest = chunk.subarray(at);
        this.#check(this.#started.size + rest.length - (this.#endsInReturn(rest) ? 1 : 0), rest);
        this.#started.append(rest);
        return;
      }
      const payload = this.#finish(chunk.subarray(at, end));
      at = end + 1;
      if (payload.length > 0 || !this.#lines) onPayload(payload);
    }
  }

  end(): void {
    const { bytes } = this.unfinished() ?? {};
    if (bytes !== undefined) throw truncated(`${bytes.length} bytes after the last delimiter`, bytes);
  }

  unfinished(): Unfinished | undefined {
    const bytes = this.#withoutReturn(this.#started.collected());
    return bytes.length === 0 ? undefined : { bytes, missing: `the ${this.#name} that ends it has not come` };
  }

  #finish(last: Uint8Array): Uint8Array {
    const size = this.#started.size + last.length;
    // A carriage return may have arrived before its newline, so one byte more than the limit gets here.
    this.#check(this.#lines ? size - 1 : size, last);
    let whole = last;
    if (this.#started.size > 0) {
      this.#started.append(last, size);
      whole = this.#started.take();
    }
    const payload = this.#withoutReturn(whole);
    this.#check(payload.length, payload);
    return payload;
  }

  #check(size: number, latest: Uint8Array): void {
    if (size <= this.#limits.maxFrameBytes) return;
    const start = this.#started.size > 0 ? this.#started.collected() : latest;
    const sample = start.subarray(0, 1024);
    throw tooLarge(size, this.#limits, sample, !this.#lines && looksLikeText(sample));
  }

  #endsInReturn(bytes: Uint8Array): boolean {
    return this.#lines && bytes[bytes.length - 1] === carriageReturn;
  }

  #withoutReturn(bytes: Uint8Array): Uint8Array {
    return this.#endsInReturn(bytes) ? bytes.subarray(0, -1) : bytes;
  }
}
