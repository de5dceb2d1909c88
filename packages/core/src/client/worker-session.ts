/** Sessions that live as long as their test process: the scope `worker` of `withPools`. */
import type { Session } from '../session/types.ts';
import { fixtureKey } from './fixtures.ts';
import type { Client } from './types.ts';

const key: unique symbol = Symbol.for('carpool.worker-sessions') as never;

/** What its fixture adds. */
export interface WorkerSessionOptions {
  /** Milliseconds that the wait for it may take. Default: any. */
  readonly timeLeft?: () => number;
  /** For the protocol of the pool. */
  readonly params?: unknown;
}

/**
 * The one session of a pool for all files of a test process. A runner may evaluate this module, and the fixtures, anew
 * for each file, which would take one more slot each time; so the sessions are kept with the client, of which there is
 * one for each process. The host frees them when the socket closes.
 */
export async function workerSession(
  client: Client,
  pool: string,
  options: WorkerSessionOptions = {},
): Promise<Session> {
  const { timeLeft, params } = options;
  const wanted = fixtureKey(pool, params);
  const home = globalThis as { [key]?: WeakMap<Client, Map<string, Promise<Session>>> };
  const all = (home[key] ??= new WeakMap<Client, Map<string, Promise<Session>>>());
  const sessions = all.get(client) ?? new Map<string, Promise<Session>>();
  all.set(client, sessions);
  const kept = sessions.get(wanted);
  const known = await kept?.catch(() => undefined);
  // One that died with its child is no use to the next file.
  if (known !== undefined && known.closeReason === undefined) return known;
  // Another caller may have begun meanwhile.
  const begun = sessions.get(wanted);
  if (begun !== undefined && begun !== kept) return await begun;
  const session = client.register(pool, { timeLeft, params, holder: { test: 'a worker, for all its tests' } });
  sessions.set(wanted, session);
  return await session;
}
