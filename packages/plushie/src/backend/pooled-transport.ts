/** A session as the transport of a runtime. */
import type { Session } from 'carpool';
import type { PlushieMessages } from '../messages.ts';
import { SessionTransport } from './session-transport.ts';
import type { PooledTransport } from './types.ts';

/**
 * The transport of one session. The session ends with the transport, and with its test.
 * @param session `request` and the golden helpers still work on it; its events go to the transport.
 * @example
 * const runtime = new Runtime(counter.config, pooledTransport(session));
 */
export function pooledTransport(session: Session<PlushieMessages>): PooledTransport {
  const transport = new SessionTransport();
  transport.bind(session);
  return transport;
}
