/**
 * A connection to a server for as long as it takes to hear it, and perhaps to say something. A server of NATS speaks first: one
 * line, which says what it is and what it wants.
 */
import { connect, type Socket } from 'node:net';

const usualPort = 4222;
/** Bytes of the first line. That of a server with a large cluster has a few thousand. */
const longestGreeting = 64 * 1024;
const lineEnd = 0x0a;

/** @param server `HOST:PORT`, or with a scheme */
export function placeOf(server: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(server.includes('://') ? server : `nats://${server}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) };
}

export interface GreetingOptions {
  /** Milliseconds for all of it, from now on, whatever comes meanwhile. */
  readonly timeout: number;
  /** Ends it early. */
  readonly over?: AbortSignal;
}

/**
 * Hears a server, and uses the connection. The connection is closed afterwards, whatever has happened.
 * @param use called with the first line, without its end, and the connection, on which all that came after that line is unread
 * @throws what the system says, or `use`; where the time is over, or it says no such line
 */
export async function hear<T>(
  server: string,
  { timeout, over }: GreetingOptions,
  use: (greeting: string, socket: Socket) => T | Promise<T>,
): Promise<T> {
  const socket = connect(placeOf(server));
  const late = setTimeout(
    () => socket.destroy(new Error(`${socket.connecting ? 'no connection' : 'no word'} in time`)),
    timeout,
  );
  const end = (): void => void socket.destroy();
  over?.addEventListener('abort', end, { once: true });
  try {
    return await new Promise<T>((resolve, reject) => {
      // It stays: an error that comes when nobody waits any more has a listener, too.
      socket.on('error', reject);
      socket.once('close', () => reject(new Error('it has closed the connection')));
      firstLine(socket)
        .then((greeting) => use(greeting, socket))
        .then(resolve, reject);
    });
  } finally {
    clearTimeout(late);
    over?.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** Does not settle where the connection ends before: who has made it sees that. */
async function firstLine(socket: Socket): Promise<string> {
  return await new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const read = (part: Buffer): void => {
      const at = part.indexOf(lineEnd);
      parts.push(at < 0 ? part : part.subarray(0, at));
      length += at < 0 ? part.length : at;
      if (at < 0 && length <= longestGreeting) return;
      socket.off('data', read);
      socket.pause();
      if (at < 0 || length > longestGreeting) {
        reject(new Error(`its first line has more than ${longestGreeting / 1024} KiB, so it is no server of NATS`));
        return;
      }
      const rest = part.subarray(at + 1);
      if (rest.length > 0) socket.unshift(rest);
      resolve(Buffer.concat(parts).toString().trimEnd());
    };
    socket.on('data', read);
  });
}
