/**
 * Which server says something. The client waits for the first word of a server, and leaves the socket open where none comes: each
 * attempt at one that is stopped, or at a port of something else, would leave another one.
 */
import { connect } from 'node:net';

const usualPort = 4222;

/** Characters of a greeting that are read. */
const longestGreeting = 64 * 1024;

export interface Answer {
  readonly server: string;
  /** It wants a certificate of its clients. */
  readonly verifies: boolean;
}

/** @param timeout milliseconds @throws AggregateError of why none does, in their order */
export async function firstToAnswer(servers: readonly string[], timeout: number): Promise<Answer> {
  const over = new AbortController();
  try {
    return await Promise.any(servers.map((server) => answer(server, timeout, over.signal)));
  } finally {
    over.abort();
  }
}

/** Rejects where it says nothing. The connection is closed then, and also afterwards. */
async function answer(server: string, timeout: number, over: AbortSignal): Promise<Answer> {
  const socket = connect(placeOf(server));
  socket.setEncoding('utf8');
  const end = (): void => void socket.destroy();
  over.addEventListener('abort', end, { once: true });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      socket.setTimeout(timeout, () => reject(new Error(`${socket.connecting ? 'no connection' : 'no word'} in time`)));
      let greeting = '';
      socket.on('data', (text: string) => {
        greeting += text;
        if (greeting.includes('\n') || greeting.length > longestGreeting)
          resolve({ server, verifies: verifiesClients(greeting) });
      });
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('it has closed the connection')));
    });
  } finally {
    over.removeEventListener('abort', end);
    socket.on('error', () => {}); // nobody waits for it any more
    socket.destroy();
  }
}

/** @param server `HOST:PORT`, or with a scheme */
export function placeOf(server: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(server.includes('://') ? server : `nats://${server}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) };
}

function verifiesClients(greeting: string): boolean {
  const [, info = ''] = /^INFO (.*)/.exec(greeting) ?? [];
  try {
    return (JSON.parse(info) as { readonly tls_verify?: unknown } | null)?.tls_verify === true;
  } catch {
    return false; // it is no server of NATS: the client says so
  }
}
