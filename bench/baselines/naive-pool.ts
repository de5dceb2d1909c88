/**
 * A pool as a first draft: a buffer that grows by `Buffer.concat`, one write per message, a Map of promises. It has no
 * deadlines, no limits, no evidence, and does not handle the death of its child.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { pack, unpack } from 'msgpackr';

export type NaiveCodec = 'msgpack' | 'json-lines';

interface Message {
  readonly session?: string;
  readonly id?: string;
}

export class NaivePool {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #format: Format;
  readonly #pending = new Map<string, (message: unknown) => void>();
  #buffer: Buffer = Buffer.alloc(0);
  #calls = 0;

  constructor(program: string, codec: NaiveCodec = 'msgpack') {
    this.#format = formats[codec];
    this.#child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  request(session: string, message: object): Promise<unknown> {
    const id = `c${++this.#calls}`;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#child.stdin.write(this.#format.encode({ session, id, ...message }));
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const next = this.#format.decode(this.#buffer);
      if (next === undefined) return;
      this.#buffer = this.#buffer.subarray(next.end);
      if (next.message.id === undefined) continue;
      this.#pending.get(next.message.id)?.(next.message);
      this.#pending.delete(next.message.id);
    }
  }
}

interface Format {
  encode(message: object): Buffer;
  /** The first message of the buffer, and where the next one begins; undefined if it is not whole. */
  decode(buffer: Buffer): { readonly message: Message; readonly end: number } | undefined;
}

const formats: Readonly<Record<NaiveCodec, Format>> = {
  msgpack: {
    encode(message) {
      const body = pack(message);
      const head = Buffer.alloc(4);
      head.writeUInt32BE(body.length);
      return Buffer.concat([head, body]);
    },
    decode(buffer) {
      if (buffer.length < 4) return undefined;
      const end = 4 + buffer.readUInt32BE(0);
      if (buffer.length < end) return undefined;
      return { message: unpack(buffer.subarray(4, end)) as Message, end };
    },
  },
  'json-lines': {
    encode: (message) => Buffer.from(`${JSON.stringify(message)}\n`),
    decode(buffer) {
      const end = buffer.indexOf(0x0a);
      if (end === -1) return undefined;
      return { message: JSON.parse(buffer.toString('utf8', 0, end)) as Message, end: end + 1 };
    },
  },
};
