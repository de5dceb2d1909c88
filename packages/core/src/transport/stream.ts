/**
 * A transport over a readable and a writable stream.
 *
 * Writes of one turn of the event loop leave as one: small frames are gathered and written after the microtasks that
 * produced them have run. One system call for a burst, no added turn for a single message.
 */
import type { Readable, Writable } from 'node:stream';
import { CarpoolError, asCarpoolError, isCarpoolError } from '../base/errors.ts';
import type { Codec, FrameLimits } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import type { Transport, TransportHandlers } from './transport.ts';

export interface StreamTransportOptions {
  readonly codec: Codec;
  readonly limits: FrameLimits;
}

/** Chunks larger than this are written as they are; copying them into a batch would cost more than it saves. */
const gatherBelow = 16 * 1024;

export class StreamTransport implements Transport {
  readonly #readable: Readable;
  readonly #writable: Writable;
  readonly #codec: Codec;
  readonly #limits: FrameLimits;
  #handlers: TransportHandlers | undefined;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #ended = false;
  #writing = true;

  constructor(readable: Readable, writable: Writable, options: StreamTransportOptions) {
    this.#readable = readable;
    this.#writable = writable;
    this.#codec = options.codec;
    this.#limits = options.limits;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    const unframer = this.#codec.framing.unframer(this.#limits);
    const { format } = this.#codec;
    const onPayload = (payload: Uint8Array): void => {
      if (!this.#ended) handlers.frame(Frame.encoded(payload, format));
    };
    this.#readable.on('data', (chunk: Uint8Array) => {
      if (this.#ended) return;
      try {
        unframer.push(chunk, onPayload);
      } catch (thrown) {
        this.abort(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot read the stream'));
      }
    });
    this.#readable.once('end', () => {
      try {
        if (!this.#ended) unframer.end();
        this.#end(undefined);
      } catch (thrown) {
        this.#end(asCarpoolError(thrown, 'FRAME_TRUNCATED', 'Cannot read the stream'));
      }
    });
    const failed = (error: Error): void => this.#end(asCarpoolError(error, 'FRAME_TRUNCATED', 'The stream broke'));
    this.#readable.on('error', failed);
    // A write that fails (EPIPE) is the first news of a death and the worst told; the end of the readable follows.
    this.#writable.on('error', () => {
      this.#writing = false;
      this.#drop();
    });
    this.#readable.once('close', () => this.#end(undefined));
  }

  get backlog(): number {
    return this.#batchBytes + this.#writable.writableLength;
  }

  send(frame: Frame): void {
    const payload = frame.bytes;
    const { head, tail } = this.#codec.framing.frame(payload, this.#limits);
    if (this.#ended || !this.#writing) return;
    if (this.#batchBytes === 0) process.nextTick(flush, this);
    this.#push(head);
    this.#push(payload);
    this.#push(tail);
  }

  close(): void {
    this.#flush();
    this.#writing = false;
    this.#writable.end();
  }

  abort(reason: CarpoolError): void {
    this.#drop();
    this.#end(isCarpoolError(reason) ? reason : undefined);
    this.#readable.destroy();
    this.#writable.destroy();
  }

  /** Called by `flush` below; not part of `Transport`. */
  flush(): void {
    this.#flush();
  }

  #push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#batch.push(bytes);
    this.#batchBytes += bytes.length;
  }

  #flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#batchBytes = 0;
    if (!this.#writing || this.#writable.destroyed) return;
    if (batch.length === 1 && batch[0] !== undefined) {
      this.#writable.write(batch[0]);
      return;
    }
    this.#writable.cork();
    let from = 0;
    for (let at = 0; at <= batch.length; at++) {
      const bytes = batch[at];
      if (bytes !== undefined && bytes.length < gatherBelow) continue;
      if (at > from) this.#writable.write(Buffer.concat(batch.slice(from, at)));
      if (bytes !== undefined) this.#writable.write(bytes);
      from = at + 1;
    }
    this.#writable.uncork();
  }

  #drop(): void {
    this.#batch = [];
    this.#batchBytes = 0;
  }

  #end(reason: CarpoolError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#writing = false;
    this.#handlers?.closed(reason);
  }
}

function flush(transport: StreamTransport): void {
  transport.flush();
}
