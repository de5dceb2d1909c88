/**
 * The listening end of one connection to a worker: the hub's and that of a shared worker alike. Until the worker has shown
 * the token nothing else is read of it, and what it must not send ends its own connection.
 *
 *   greeting ──version, token──▶ greeted: its frames go to `frame`
 *      └── not in time, not the token, too much before it ─▶ hung up
 */
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../base/error-kinds.ts';
import { CarpoolError, asCarpoolError, toRecord } from '../base/errors.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { version } from '../base/version.ts';
import { json } from '../codec/json.ts';
import { BatchWriter } from '../transport/batch.ts';
import { FrameReader } from './frame-reader.ts';
import { op, writeHead, type Op, type WireHead } from './frames.ts';
import { greetingBytes, greetingFault, workerFrameBytes } from './greeting.ts';
import { encodeJsonBody } from './json-body.ts';
import type { GreetRequest, GreetResult } from './messages.ts';
import { tellRefused } from './refused-connections.ts';

/** A socket. */
export interface AcceptedSocket extends Duplex {
  /** Of one from another machine. */
  readonly remoteAddress?: string | undefined;
  destroySoon(): void;
}

export interface AcceptedConnectionOptions {
  readonly socket: AcceptedSocket;
  readonly clock: Clock;
  /** Milliseconds in which the worker must have shown the token. */
  readonly greetTimeout: number;
  /** What refuses a worker, in a sentence: "The host". */
  readonly name: string;
  /** Why this token is refused, if it is. Compares in constant time. */
  readonly tokenFault: (token: string) => string | undefined;
  /** Why it is not admitted even with the token, if it is not. */
  readonly refusal?: ((greeting: GreetRequest) => string | undefined) | undefined;
  /** What `fail` makes of a thrown value that is no error of Carpool. */
  readonly failure: { readonly code: ErrorCode; readonly message: string };
  /** The number of the worker, for the answer to its greeting. */
  readonly number: number;
  /** Bytes that may wait for the worker to read. Default 256 MiB. A worker that lets more wait is hung up on. */
  readonly maxBacklogBytes?: number | undefined;
  /** The most bytes of a body under this head; more ends the connection before it is read. Default 1 GiB. */
  readonly limit?: (head: WireHead) => number;
  /** A frame after the greeting. What it throws ends the connection. */
  readonly frame: (head: WireHead, body: Uint8Array) => void;
  /** It has shown the token. Before its first frame. */
  readonly greeted?: ((greeting: GreetRequest) => void) | undefined;
  /** Before and after the frames of one chunk. */
  readonly receiving?: () => void;
  readonly received?: () => void;
  /** The socket has closed. Once. */
  readonly closed: () => void;
}

export const defaultBacklogBytes: number = 256 * 1024 * 1024;
/**
 * Above the limit, room for what is small: answers to calls, and CLOSED for each session that ends because the limit is
 * reached.
 */
const reservedBytes = 16 * 1024 * 1024;
/** Milliseconds for a worker to take the last that was written to it. */
const flushTimeout = 1_000;

export class AcceptedConnection {
  readonly writer: BatchWriter;
  readonly #options: AcceptedConnectionOptions;
  readonly #greeting: Timer;
  #greeted = false;
  readonly #frames: FrameReader;

  constructor(options: AcceptedConnectionOptions) {
    const { socket, clock, greetTimeout } = options;
    this.#options = options;
    // The limit grows with the trust.
    this.#frames = new FrameReader({
      limit: (head) => (this.#greeted ? (options.limit?.(head) ?? workerFrameBytes) : greetingBytes),
      frame: (head, body) => (this.#greeted ? options.frame(head, body) : this.#greet(head, body)),
    });
    this.writer = new BatchWriter(socket);
    this.#greeting = clock.after(greetTimeout, () => {
      this.#tellRefused(`it has shown no token within ${greetTimeout / 1_000} s`);
      this.destroy();
    });
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    socket.on('error', () => {}); // `close` follows
    socket.once('close', () => {
      this.#greeting.cancel();
      options.closed();
    });
  }

  /** Bytes that the worker has not taken yet. */
  get backlog(): number {
    return this.writer.backlog;
  }

  /** Whether more waits for the worker than may. What can do without it writes no more then. */
  get isFull(): boolean {
    return this.backlog > this.#maxBacklogBytes;
  }

  /** All that is written to a worker passes here, so that one that does not read costs no more than the limit. */
  write(kind: Op, session: number, call: number, body: Uint8Array, front?: Uint8Array): void {
    if (!this.#hasRoom()) return;
    const head = writeHead(kind, session, call, body.length + (front?.length ?? 0));
    if (front === undefined) this.writer.write(head, body);
    else this.writer.write(head, front, body);
  }

  writeJson(kind: Op, session: number, call: number, body: unknown): void {
    if (this.#hasRoom()) this.write(kind, session, call, encodeJsonBody(body));
  }

  /** Answers a call with an error. */
  fail(session: number, call: number, thrown: unknown): void {
    const { code, message } = this.#options.failure;
    this.writeJson(op.FAILED, session, call, toRecord(asCarpoolError(thrown, code, message)));
  }

  /** Says why this connection will end soon, to what has greeted. Written at once: the socket may be ended right after it. */
  tellEnd(error: CarpoolError): void {
    if (!this.#greeted) return;
    this.fail(0, 0, error);
    this.writer.flush();
  }

  destroy(): void {
    this.writer.stop();
    this.#options.socket.destroy();
  }

  /** As `destroy`, after what is written. A worker that does not read is not waited for. */
  hangUp(): void {
    this.#greeting.cancel();
    const { socket, clock } = this.#options;
    if (socket.destroyed) return;
    this.writer.end();
    socket.destroySoon();
    const deadline = clock.after(flushTimeout, () => this.destroy());
    socket.once('close', () => deadline.cancel());
  }

  get #maxBacklogBytes(): number {
    return this.#options.maxBacklogBytes ?? defaultBacklogBytes;
  }

  /** If not, the worker does not read, and its connection has ended. */
  #hasRoom(): boolean {
    const { socket, name, number } = this.#options;
    if (socket.destroyed) return false;
    const { backlog } = this;
    if (backlog <= this.#maxBacklogBytes + reservedBytes) return true;
    const worker = number === 0 ? 'a worker' : `worker ${number}`;
    const why = `${backlog} bytes wait for it, and it does not read; the limit is ${this.#maxBacklogBytes}`;
    process.stderr.write(`carpool: ${name} has disconnected ${worker}: ${why}\n`);
    this.destroy();
    return false;
  }

  #read(chunk: Uint8Array): void {
    const { receiving, received } = this.#options;
    receiving?.();
    try {
      this.#frames.push(chunk);
    } catch {
      // Its stream cannot be followed any further.
      if (!this.#greeted) this.#tellRefused('it has sent what is no greeting');
      this.destroy();
    }
    received?.();
  }

  #tellRefused(why: string, { runner, pid }: Partial<GreetRequest> = {}): void {
    tellRefused({ from: this.#options.socket.remoteAddress, runner, pid, why });
  }

  #greet({ op: kind, call }: WireHead, body: Uint8Array): void {
    const { tokenFault, refusal, name, number } = this.#options;
    const fault = greetingFault(kind, body, tokenFault) ?? refusal?.(json.decode(body) as GreetRequest);
    if (fault !== undefined) {
      this.#tellRefused(fault, kind === op.CALL ? (json.decode(body) as Partial<GreetRequest>) : {});
      this.fail(0, call, new CarpoolError('HUB_REJECTED', `${name} refused this connection: ${fault}`));
      this.hangUp();
      return;
    }
    this.#greeting.cancel();
    this.#greeted = true;
    this.#options.greeted?.(json.decode(body) as GreetRequest);
    this.writeJson(op.RESULT, 0, call, { peer: number, version } satisfies GreetResult);
  }
}
