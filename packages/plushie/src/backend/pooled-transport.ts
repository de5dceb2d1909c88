/** A session as the transport of a runtime. */
import type { Session } from 'carpool';
import type { PlushieMessages } from '../messages.ts';
import { SessionTransport } from './session-transport.ts';
import type { PooledTransport } from './types.ts';

/**
 * The transport of one session. The session ends with the transport, and with its test.
 * @param session Takes no other calls meanwhile: what the renderer says goes to the transport.
 * @example
 * const runtime = new Runtime(app, pooledTransport(session));
 */
export function pooledTransport(session: Session<PlushieMessages>): PooledTransport {
  const transport = new SessionTransport();
  transport.bind(session);
  return transport;
}
