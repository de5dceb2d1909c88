/**
 * Which server says something. The client waits for the first word of a server, and leaves the socket open where none comes: each
 * attempt at one that is stopped, or at a port of something else, would leave another one.
 */
import { connect } from 'node:net';

const usualPort = 4222;

/** @param timeout milliseconds @throws AggregateError of why none does, in their order */
export async function firstToAnswer(servers: readonly string[], timeout: number): Promise<string> {
  const over = new AbortController();
  try {
    return await Promise.any(servers.map((server) => answer(server, timeout, over.signal)));
  } finally {
    over.abort();
  }
}

/** Rejects where it says nothing. The connection is closed then, and also afterwards. */
async function answer(server: string, timeout: number, over: AbortSignal): Promise<string> {
  const { hostname, port } = new URL(server.includes('://') ? server : `nats://${server}`);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) });
  const end = (): void => void socket.destroy();
  over.addEventListener('abort', end, { once: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.setTimeout(timeout, () => reject(new Error(`${socket.connecting ? 'no connection' : 'no word'} in time`)));
      socket.once('data', () => resolve(server));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('it has closed the connection')));
    });
  } finally {
    over.removeEventListener('abort', end);
    socket.on('error', () => {}); // nobody waits for it any more
    socket.destroy();
  }
}
