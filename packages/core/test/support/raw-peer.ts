/** A worker that writes what it likes to the socket of a hub. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { dial } from '../../src/client/dial.ts';
import { json } from '../../src/codec/json.ts';
import { lengthPrefixed } from '../../src/codec/length-prefixed.ts';
import { parseAddress } from '../../src/wire/address.ts';
import { bodyOf, op, readHead, wireVersion, writePayload, type Op } from '../../src/wire/frames.ts';
import { closing } from './pools.ts';

export interface Heard {
  readonly op: number;
  readonly session: number;
  readonly call: number;
  /** Decoded as JSON. */
  readonly body: unknown;
}

export class RawPeer {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #heard: Heard[] = [];
  #wake: () => void = () => {};
  #over = false;
  #calls = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    const unframer = lengthPrefixed().unframer({ maxFrameBytes: 2 ** 30 });
    socket.on('data', (chunk) => {
      unframer.push(chunk, (payload) => this.#heard.push({ ...readHead(payload), body: json.decode(bodyOf(payload)) }));
      this.#wake();
    });
    socket.on('error', () => {}); // `close` follows
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        this.#over = true;
        this.#wake();
        resolve();
      }),
    );
  }

  static async connect(path: string): Promise<RawPeer> {
    if (path.startsWith('carpool+tls:')) {
      const { socket, connected } = dial(parseAddress(path));
      const peer = closing(new RawPeer(socket));
      await connected;
      return peer;
    }
    const socket = connect(path);
    const peer = closing(new RawPeer(socket));
    await once(socket, 'connect');
    return peer;
  }

  /** Connected and greeted. */
  static async join({ path, token }: { readonly path: string; readonly token: string }): Promise<RawPeer> {
    const peer = await RawPeer.connect(path);
    await peer.greet({ token });
    return peer;
  }

  write(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  say(kind: number, session: number, call: number, body: unknown): void {
    const payload = writePayload(kind as Op, session, call, body instanceof Uint8Array ? body : json.encode(body));
    const { head } = lengthPrefixed().frame(payload, { maxFrameBytes: 2 ** 30 });
    this.write(Buffer.concat([head, payload]));
  }

  greet(more: object): Promise<Heard> {
    return this.call({ method: 'greet', wire: wireVersion, version: '0.0.0', runner: 'raw', pid: 1, ...more });
  }

  /** Resolves with RESULT or FAILED. */
  call(request: object): Promise<Heard> {
    const call = ++this.#calls;
    this.say(op.CALL, 0, call, request);
    return this.hear((heard) => heard.session === 0 && heard.call === call);
  }

  register(session: number, more: object = {}): Promise<Heard> {
    return this.call({ method: 'register', session, pool: 'echoes', stack: 'Error\n    at raw.ts:1:1', ...more });
  }

  request(session: number, message: object): Promise<Heard> {
    const call = ++this.#calls;
    this.say(op.REQUEST, session, call, message);
    return this.hear((heard) => heard.session === session && heard.call === call);
  }

  /** The first that matches, of what has come and what will. */
  async hear(matches: (heard: Heard) => boolean): Promise<Heard> {
    for (;;) {
      const at = this.#heard.findIndex(matches);
      if (at >= 0) return this.#heard.splice(at, 1)[0]!;
      if (this.#over) throw new Error('the hub has disconnected');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.socket.destroy();
  }
}
