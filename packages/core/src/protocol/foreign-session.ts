/** The refusal of a message that names the session of another sender. */
import { CarpoolError } from '../base/errors.ts';
import type { WireId } from './protocol.ts';

/**
 * What `Protocol.address` throws when a message names a session that is not its sender's: SESSION_REFUSED.
 * @param field of the message
 * @param named what the message has there
 * @param own the id of the sender's session
 */
export function foreignSessionError(field: string, named: unknown, own: WireId): CarpoolError {
  const message = `Cannot send: the message names ${field} ${JSON.stringify(String(named))}, and this session is ${JSON.stringify(own)}; leave the field out`;
  return new CarpoolError('SESSION_REFUSED', message, { context: { field, named: String(named), own } });
}
