/** One attempt to reach a server. Each resolves, or rejects with an error that says what was found instead. */
import { request } from 'node:http';
import { connect, type NetConnectOpts } from 'node:net';
import type { RunningServer } from './running-server.ts';

/** A server may listen on one of the two, as those do that listen on "localhost". */
const hosts = ['127.0.0.1', '::1'];

/** It accepts a connection. The address that does is its `host` from then on. */
export async function reachPort(server: RunningServer, signal: AbortSignal): Promise<void> {
  if (server.listensOn === 'socket') await accepted({ path: server.socket }, signal);
  else server.host = await firstOf((host) => accepted({ host, port: server.port }, signal));
}

/** A GET of this path is answered with this status. @param status `undefined`: from 200 to 299 */
export async function reachHttp(
  server: RunningServer,
  { path, status }: { readonly path: string; readonly status: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const get = async (where: object): Promise<void> => {
    const found = await answered({ ...where, path }, signal);
    const right = status === undefined ? found.code >= 200 && found.code < 300 : found.code === status;
    if (!right) throw new Error(`it answered ${found.code} ${found.text}`.trimEnd());
  };
  if (server.listensOn === 'socket') await get({ socketPath: server.socket });
  else server.host = await firstOf((host) => get({ host, port: server.port }));
}

/** The first of the addresses for which it works; else what the first one failed with. */
async function firstOf(attempt: (host: string) => Promise<void>): Promise<string> {
  const failures: unknown[] = [];
  for (const host of hosts) {
    try {
      await attempt(host);
      return host;
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  // An answer says more than that nothing listens on the other address.
  throw failures.find((thrown) => !isRefused(thrown)) ?? failures[0];
}

function isRefused(thrown: unknown): boolean {
  return ['ECONNREFUSED', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((thrown as NodeJS.ErrnoException).code ?? '');
}

function accepted(to: NetConnectOpts, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, signal } as NetConnectOpts);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

function answered(options: object, signal: AbortSignal): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ ...options, signal, agent: false }, (response) => {
      response.resume();
      resolve({ code: response.statusCode ?? 0, text: response.statusMessage ?? '' });
    });
    call.once('error', reject);
    call.end();
  });
}
