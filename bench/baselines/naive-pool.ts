/**
 * A pool as a first draft: a buffer that grows by `Buffer.concat`, one write per message, a Map of promises. It has no
 * deadlines, no limits, no evidence, and does not handle the death of its child.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { pack, unpack } from 'msgpackr';

interface Message {
  readonly session?: string;
  readonly id?: string;
}

export class NaivePool {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #pending = new Map<string, (message: unknown) => void>();
  #buffer = Buffer.alloc(0);
  #calls = 0;

  constructor(program: string) {
    this.#child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  request(session: string, message: object): Promise<unknown> {
    const id = `c${++this.#calls}`;
    const body = pack({ session, id, ...message });
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#child.stdin.write(Buffer.concat([head, body]));
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 4) {
      const end = 4 + this.#buffer.readUInt32BE(0);
      if (this.#buffer.length < end) return;
      const message = unpack(this.#buffer.subarray(4, end)) as Message;
      this.#buffer = this.#buffer.subarray(end);
      if (message.id === undefined) continue;
      this.#pending.get(message.id)?.(message);
      this.#pending.delete(message.id);
    }
  }
}
