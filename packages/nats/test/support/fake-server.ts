/** A server without any memory that speaks as much of NATS as a topic needs, and is lost when a test says so. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

interface Peer {
  /** From 1: which connection it is, of those on which a client has greeted. */
  number: number;
  /** Those that it has sent. */
  pings: number;
}

/** @returns true: the connection ends, in place of the answer */
type IsLost = (peer: Readonly<Peer>) => boolean;

export class FakeServer {
  readonly url: string;
  /** Connections on which a client has sent its CONNECT, and with it what proves who it is. */
  greeted = 0;
  open = 0;
  accepted = 0;
  /** Bytes. */
  received = 0;
  readonly #isLost: IsLost;
  /** By the socket: what it has subscribed, under which id. */
  readonly #subscribed = new Map<Socket, Map<string, string>>();

  private constructor(port: number, isLost: IsLost) {
    this.url = `nats://127.0.0.1:${port}`;
    this.#isLost = isLost;
  }

  static async start(isLost: IsLost): Promise<FakeServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      fake.#accept(socket);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const fake = new FakeServer((server.address() as AddressInfo).port, isLost);
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    });
    return fake;
  }

  #accept(socket: Socket): void {
    const peer: Peer = { number: 0, pings: 0 };
    const subscriptions = new Map<string, string>();
    this.open++;
    this.accepted++;
    socket.on('data', ({ length }: Buffer) => (this.received += length));
    this.#subscribed.set(socket, subscriptions);
    socket.on('error', () => {}); // `close` follows
    socket.once('close', () => {
      this.open--;
      this.#subscribed.delete(socket);
    });
    socket.write('INFO {"server_id":"fake","version":"2.10.0","max_payload":1048576,"headers":true}\r\n');
    let publishing: string | undefined;
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      if (publishing !== undefined) {
        this.#publish(publishing, line);
        publishing = undefined;
        return;
      }
      const [word, subject = '', last = ''] = line.split(' ');
      if (word === 'CONNECT') peer.number = ++this.greeted;
      if (word === 'SUB') subscriptions.set(subject, last);
      if (word === 'PUB') publishing = subject;
      if (word !== 'PING') return;
      peer.pings++;
      if (this.#isLost(peer)) socket.destroy();
      else socket.write('PONG\r\n');
    });
  }

  /** @param text of one line */
  #publish(subject: string, text: string): void {
    for (const [socket, subscriptions] of this.#subscribed) {
      const id = subscriptions.get(subject);
      if (id !== undefined) socket.write(`MSG ${subject} ${id} ${Buffer.byteLength(text)}\r\n${text}\r\n`);
    }
  }
}
