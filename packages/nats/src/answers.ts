/**
 * Which server says something. The client waits for the first word of a server, and leaves the socket open where none comes: each
 * attempt at one that is stopped, or at a port of something else, would leave another one.
 */
import { hear } from './greeting.ts';

export interface Answer {
  readonly server: string;
  /** It wants a certificate of its clients. */
  readonly verifies: boolean;
}

/** @param timeout milliseconds @throws AggregateError of why none does, in their order */
export async function firstToAnswer(servers: readonly string[], timeout: number): Promise<Answer> {
  const over = new AbortController();
  const answer = (server: string): Promise<Answer> =>
    hear(server, { timeout, over: over.signal }, (greeting) => ({ server, verifies: verifiesClients(greeting) }));
  try {
    return await Promise.any(servers.map(answer));
  } finally {
    over.abort();
  }
}

function verifiesClients(greeting: string): boolean {
  const [, info = ''] = /^INFO (.*)/.exec(greeting) ?? [];
  try {
    return (JSON.parse(info) as { readonly tls_verify?: unknown } | null)?.tls_verify === true;
  } catch {
    return false; // it is no server of NATS: the client says so
  }
}
