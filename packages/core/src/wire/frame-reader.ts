/**
 * Reads the frames of a worker. The head stands before the body, so a body over the limit of its session is refused before
 * any of it is kept: 900 MB that nothing may send are never in memory.
 */
import { CarpoolError } from '../base/errors.ts';
import { SizedUnframer, type HeaderReader } from '../codec/sized-unframer.ts';
import { headBytes, readHead, type WireHead } from './frames.ts';
import { workerFrameBytes } from './greeting.ts';

/** The length, and the head. */
const before = 4 + headBytes;

export interface FrameReaderOptions {
  /** The most bytes that a body under this head may have. */
  readonly limit: (head: WireHead) => number;
  readonly frame: (head: WireHead, body: Uint8Array) => void;
}

export class FrameReader implements HeaderReader {
  readonly #options: FrameReaderOptions;
  readonly #unframer = new SizedUnframer(this);
  readonly #bytes = new Uint8Array(before);
  #filled = 0;
  #head: WireHead = { op: 0, session: 0, call: 0 };

  constructor(options: FrameReaderOptions) {
    this.#options = options;
  }

  /** @throws CarpoolError FRAME_MALFORMED, FRAME_TOO_LARGE; the reader cannot be used after that */
  push(chunk: Uint8Array): void {
    this.#unframer.push(chunk, this.#onBody);
  }

  read(chunk: Uint8Array, start: number): number {
    const end = Math.min(chunk.length, start + before - this.#filled);
    for (let at = start; at < end; at += 1) this.#bytes[this.#filled++] = chunk[at] as number;
    return end;
  }

  takeSize(): number | undefined {
    if (this.#filled < before) {
      // What has no head, or is absurd, shows in its length.
      if (this.#filled >= 4 && this.#bodySize() > workerFrameBytes) throw tooLarge(this.#bodySize(), workerFrameBytes);
      return undefined;
    }
    const size = this.#bodySize();
    this.#filled = 0;
    this.#head = readHead(this.#bytes.subarray(4));
    const limit = this.#options.limit(this.#head);
    if (size <= limit) return size;
    throw tooLarge(size, limit);
  }

  unfinished(): Uint8Array {
    return this.#bytes.subarray(0, this.#filled);
  }

  readonly #onBody = (body: Uint8Array): void => this.#options.frame(this.#head, body);

  #bodySize(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#bytes;
    const length = a * 0x1000000 + ((b << 16) | (c << 8) | d);
    if (length >= headBytes) return length - headBytes;
    throw new CarpoolError('FRAME_MALFORMED', `A frame of the wire has ${length} bytes, fewer than its head`);
  }
}

function tooLarge(size: number, limit: number): CarpoolError {
  const message = `Cannot read a frame of the wire: its body has ${size} bytes, and the limit is ${limit}`;
  return new CarpoolError('FRAME_TOO_LARGE', message, { context: { size, limit } });
}
