/** A worker of a host, frame by frame, as docs/wire.md describes it: for what Carpool's own client would never do. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const callOp = 0x01;
const releaseOp = 0x06;

interface Answer {
  readonly call: number;
  readonly body: Record<string, unknown>;
}

export class RawWorker {
  readonly socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #buffer = Buffer.alloc(0);
  #numbers = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => {}); // the host may hang up on it
  }

  /** Connected and greeted. */
  static async join(address: string): Promise<RawWorker> {
    const [path = '', token = ''] = address.slice('carpool:'.length).split('#');
    const socket = connect(path);
    await once(socket, 'connect');
    const worker = new RawWorker(socket);
    await worker.call({ method: 'greet', token, wire: 1, version: 'bench', runner: 'bench', pid: process.pid });
    return worker;
  }

  async call(request: object): Promise<Record<string, unknown>> {
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(this.#numbers + 1, resolve));
    this.ask(request);
    return (await answer).body;
  }

  /** Without waiting for the answer. */
  ask(request: object): void {
    this.#write(callOp, ++this.#numbers, JSON.stringify(request));
  }

  release(lease: number): void {
    this.#write(releaseOp, lease, '');
  }

  close(): void {
    this.socket.destroy();
  }

  #write(kind: number, call: number, text: string): void {
    const body = Buffer.from(text);
    const head = Buffer.alloc(13);
    head.writeUInt32BE(9 + body.length, 0);
    head.writeUInt8(kind, 4);
    head.writeUInt32BE(call, 9);
    this.socket.write(Buffer.concat([head, body]));
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 4 && this.#buffer.length >= 4 + this.#buffer.readUInt32BE(0)) {
      const end = 4 + this.#buffer.readUInt32BE(0);
      const call = this.#buffer.readUInt32BE(9);
      const body = JSON.parse(this.#buffer.toString('utf8', 13, end)) as Record<string, unknown>;
      this.#buffer = this.#buffer.subarray(end);
      this.#waiting.get(call)?.({ call, body });
      this.#waiting.delete(call);
    }
  }
}
