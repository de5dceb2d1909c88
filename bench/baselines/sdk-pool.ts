/**
 * A pool in the shape of the one that plushie-typescript tests with, and its `sendRequest`: what a Plushie user has today.
 * The work for a message is the same: the session is put into a copy of it (twice), it is encoded by `@msgpack/msgpack`
 * and copied behind its length; what arrives is appended to what was left, cut into copies, decoded, and given to the
 * handler of its session. JSON is a string that grows and is split.
 *
 * What it does not do: no limit on sessions, no backlog, no evidence, no gate.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { decode, encode } from '@msgpack/msgpack';

export type Message = Record<string, unknown>;
type Handler = (message: Message) => void;

export interface SdkTransport {
  send(message: Message): void;
  onMessage(handler: Handler): void;
}

const headBytes = 4;
const mostBytes = 64 * 1024 * 1024;
const utf8 = new TextEncoder();

export class SdkPool {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #isJson: boolean;
  readonly #handlers = new Map<string, Handler>();
  #sessions = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #text = '';

  constructor(command: string, args: readonly string[], format: 'msgpack' | 'json') {
    this.#isJson = format === 'json';
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk: Buffer) => (this.#isJson ? this.#readLines(chunk) : this.#readFrames(chunk)));
  }

  /** A session of its own, as a runtime plugs it in. */
  transport(): SdkTransport {
    const session = `pool_${++this.#sessions}`;
    return {
      send: (message) => this.#send(session, { ...message, session }),
      onMessage: (handler) => void this.#handlers.set(session, handler),
    };
  }

  /** Resolves when the child has said hello. */
  async greet(): Promise<void> {
    const hello = new Promise<void>((resolve) => this.#handlers.set('', () => resolve()));
    this.#send('', { type: 'settings', settings: { protocol_version: 1 } });
    await hello;
  }

  close(): void {
    this.#child.stdin.end();
  }

  #send(session: string, message: Message): void {
    if (!this.#child.stdin.writable) return;
    const whole = { ...message, session };
    if (this.#isJson) {
      const text = JSON.stringify(whole);
      if (utf8.encode(text).byteLength + 1 > mostBytes) throw new RangeError('The line is too long');
      this.#child.stdin.write(`${text}\n`, 'utf8');
      return;
    }
    const body = new Uint8Array(encode(whole));
    if (body.byteLength > mostBytes) throw new RangeError('The frame is too large');
    const frame = new Uint8Array(headBytes + body.byteLength);
    new DataView(frame.buffer).setUint32(0, body.byteLength);
    frame.set(body, headBytes);
    this.#child.stdin.write(frame);
  }

  #readFrames(chunk: Buffer): void {
    const all = new Uint8Array(this.#bytes.byteLength + chunk.byteLength);
    all.set(this.#bytes);
    all.set(Uint8Array.from(chunk), this.#bytes.byteLength);
    const bodies: Uint8Array[] = [];
    let at = 0;
    while (at + headBytes <= all.byteLength) {
      const size = new DataView(all.buffer, all.byteOffset + at, headBytes).getUint32(0);
      if (size > mostBytes) throw new RangeError('The frame is too large');
      const end = at + headBytes + size;
      if (end > all.byteLength) break;
      bodies.push(all.slice(at + headBytes, end));
      at = end;
    }
    this.#bytes = at === 0 ? all : all.slice(at);
    for (const body of bodies) this.#route(decode(body) as Message);
  }

  #readLines(chunk: Buffer): void {
    this.#text += chunk.toString('utf8');
    const lines = this.#text.split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) if (line !== '') this.#route(JSON.parse(line) as Message);
  }

  #route(message: Message): void {
    const session = typeof message['session'] === 'string' ? message['session'] : '';
    this.#handlers.get(session)?.(message);
  }
}

interface Waiting {
  readonly resolve: (message: Message) => void;
  readonly timer: NodeJS.Timeout;
}

/** Requests with a deadline each, on such a transport. */
export class SdkSession {
  readonly #transport: SdkTransport;
  readonly #waiting = new Map<string, Waiting>();
  #requests = 0;

  constructor(transport: SdkTransport) {
    this.#transport = transport;
    transport.onMessage((message) => this.#receive(message));
  }

  request(message: object, timeout = 30_000): Promise<unknown> {
    const id = `req_${++this.#requests}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`No reply to ${id} within ${timeout} ms`));
      }, timeout);
      this.#waiting.set(id, { resolve, timer });
      this.#transport.send({ ...message, id });
    });
  }

  #receive(message: Message): void {
    const id = typeof message['id'] === 'string' ? message['id'] : '';
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.resolve(message);
  }
}
