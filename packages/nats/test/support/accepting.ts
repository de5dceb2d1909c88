/** What takes connections and is no server of NATS, or one that is slow. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Accepting {
  readonly url: string;
  /** Connections so far. */
  accepted: number;
  open: number;
}

/** @param each what it does with a connection, of which all that comes is passed over */
export async function accepting(each: (socket: Socket) => void = () => {}): Promise<Accepting> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    all.accepted++;
    all.open++;
    socket.on('error', () => {}); // `close` follows
    socket.once('close', () => {
      sockets.delete(socket);
      all.open--;
    });
    socket.resume();
    each(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const all = { url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`, accepted: 0, open: 0 };
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return all;
}

/** In front of a server: what that says first comes in parts of so many bytes, each when the one before was sent. */
export async function inParts(port: number, bytes: number): Promise<Accepting> {
  return await accepting((client) => {
    client.setNoDelay(true);
    const server = connect(port, '127.0.0.1');
    server.on('error', () => {}); // `close` follows
    server.once('close', () => client.destroy());
    client.once('close', () => server.destroy());
    server.once('data', (greeting: Buffer) => {
      server.pause();
      const next = (from: number): void => {
        if (client.destroyed) return;
        if (from >= greeting.length) {
          client.pipe(server);
          server.pipe(client);
        } else client.write(greeting.subarray(from, from + bytes), () => setImmediate(next, from + bytes));
      };
      next(0);
    });
  });
}
