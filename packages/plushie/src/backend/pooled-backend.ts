/** Transports without waiting, for a runtime that starts its renderer anew by itself. */
import type { RegisterOptions, Session } from 'carpool';
import type { PlushieMessages } from '../messages.ts';
import type { PooledTransport } from './types.ts';
import { SessionTransport } from './session-transport.ts';

/** What `pooledBackend` passes on to `register`. */
export type PooledBackendOptions = Pick<RegisterOptions, 'owner' | 'wait' | 'timeout'>;

/** A pool in this process, the fixture `carpool.<pool>`, or anything else that gives sessions. */
export interface SessionSource {
  /** A session of one transport. It is asked for one at a time, each with a signal of its own. */
  register(options?: PooledBackendOptions & { readonly signal?: AbortSignal }): Promise<Session<PlushieMessages>>;
}

/**
 * A factory of transports for a runtime that restarts itself. Each call registers a session, and returns before it is
 * there: what the runtime sends meanwhile waits, at most 1,000 messages. A session that cannot be had ends its transport:
 * `onClose` gets the reason, as for a renderer that cannot be started.
 * @example
 * test('counts', async ({ carpool }) => {
 *   const runtime = new Runtime(counter.config, pooledBackend(carpool.renderer));
 *   await runtime.start();
 *   // …
 *   runtime.stop();
 * });
 */
export function pooledBackend(pool: SessionSource, options: PooledBackendOptions = {}): () => PooledTransport {
  return () => {
    const unwanted = new AbortController();
    const transport = new SessionTransport(() => unwanted.abort());
    pool.register({ ...options, signal: unwanted.signal }).then(
      (session) => transport.bind(session),
      (thrown: unknown) => transport.fail(thrown),
    );
    return transport;
  };
}
