/** Sessions that live as long as their test worker. */
import type { Session } from 'carpool';
import type { Client } from 'carpool/client';
import { connect } from './connect.ts';

const key = Symbol.for('carpool.vitest.worker-sessions');

/**
 * Vitest sets up a worker-scoped fixture once for each `test` object, and a test file makes its own: without isolation
 * every file would take one more slot until the worker ends. So they are kept with the client, which is one per worker.
 * The host frees them when the socket of the worker closes.
 */
export async function workerSession(pool: string): Promise<Session> {
  const client = await connect(pool);
  const home = globalThis as { [key]?: WeakMap<Client, Map<string, Promise<Session>>> };
  const sessions = (home[key] ??= new WeakMap()).get(client) ?? new Map<string, Promise<Session>>();
  home[key].set(client, sessions);
  const known = await sessions.get(pool)?.catch(() => undefined);
  // One that died with its child is no use to the next file.
  if (known !== undefined && known.closeReason === undefined) return known;
  const session = client.register(pool, { holder: { test: 'a worker, for all its tests' } });
  sessions.set(pool, session);
  return session;
}
