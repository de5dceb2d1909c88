/** A transport over a readable and a writable stream: a child's stdio, or a socket. */
import type { Readable, Writable } from 'node:stream';
import { asCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { Codec, Format, FrameLimits, Unframer } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import { BatchWriter } from './batch.ts';
import { describeBytes } from '../codec/evidence.ts';
import type { Transport, TransportHandlers } from './transport.ts';

export interface StreamTransportOptions {
  readonly codec: Codec;
  readonly limits: FrameLimits;
}

export class StreamTransport implements Transport {
  readonly #readable: Readable;
  readonly #writable: Writable;
  readonly #writer: BatchWriter;
  readonly #codec: Codec;
  readonly #limits: FrameLimits;
  #handlers: TransportHandlers | undefined;
  #unframer: Unframer | undefined;

  constructor(readable: Readable, writable: Writable, options: StreamTransportOptions) {
    this.#readable = readable;
    this.#writable = writable;
    this.#writer = new BatchWriter(writable);
    this.#codec = options.codec;
    this.#limits = options.limits;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    const unframer = this.#codec.framing.unframer(this.#limits);
    this.#unframer = unframer;
    const { format } = this.#codec;
    const onPayload = (payload: Uint8Array): void => this.#handlers?.frame(Frame.encoded(payload, format));
    this.#readable.on('data', (chunk: Uint8Array) => {
      if (this.#handlers === undefined) return;
      try {
        unframer.push(chunk, onPayload);
      } catch (thrown) {
        this.abort(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot read the stream'));
      }
    });
    this.#readable.once('end', () => {
      if (this.#handlers === undefined) return;
      try {
        unframer.end();
        this.#end(undefined);
      } catch (thrown) {
        this.#end(asCarpoolError(thrown, 'FRAME_TRUNCATED', 'Cannot read the stream'));
      }
    });
    this.#readable.on('error', (error) => this.#end(asCarpoolError(error, 'FRAME_TRUNCATED', 'The stream broke')));
    this.#readable.once('close', () => this.#end(undefined));
  }

  get backlog(): number {
    return this.#writer.backlog;
  }

  unfinished(): string | undefined {
    const unfinished = this.#unframer?.unfinished?.();
    if (unfinished === undefined) return undefined;
    const { bytes, missing } = unfinished;
    return `${described(bytes, this.#codec.format)} (${missing})`;
  }

  send(frame: Frame): void {
    const payload = frame.bytes;
    const { head, tail } = this.#codec.framing.frame(payload, this.#limits);
    this.#writer.write(head, payload, tail);
  }

  sendSoon(frame: Frame): void {
    const payload = frame.bytes;
    const { head, tail } = this.#codec.framing.frame(payload, this.#limits);
    this.#writer.writeSoon(head, payload, tail);
  }

  close(): void {
    this.#writer.end();
  }

  abort(reason: CarpoolError): void {
    this.#writer.stop();
    this.#end(reason);
    this.#readable.destroy();
    this.#writable.destroy();
  }

  #end(reason: CarpoolError | undefined): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    if (handlers === undefined) return;
    this.#writer.stop();
    handlers.closed(reason);
  }
}

/** A larger one is not decoded for an error. */
const mostDecoded = 16 * 1024;
const shownBytes = 200;

function described(bytes: Uint8Array, format: Format): string {
  if (bytes.length > mostDecoded) return `<${bytes.length} bytes>`;
  const frame = Frame.encoded(bytes, format);
  try {
    void frame.message;
  } catch {
    return describeBytes(bytes, shownBytes).trim().replaceAll(/\s+/g, ' ');
  }
  return frame.toString();
}
