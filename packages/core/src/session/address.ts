/** The address of a session, for another process. */
import { CarpoolError, asCarpoolError, errorAt, type CallSite } from '../base/errors.ts';
import { onMachine } from '../base/on-machine.ts';
import type { OpenSession } from './open-session.ts';

/** @param machine as of `UserSession` @throws CarpoolError SESSION_MISUSED where no other process can join it, and what the host says */
export async function addressOf(open: OpenSession, site: CallSite, machine?: string): Promise<string> {
  const { id } = open.conversation;
  const tried = `Cannot make an address of session ${id}`;
  if (open.silent === true) {
    const message = `${tried}: it is a session of a server. Hand over \`session.opened\`, with which any process can reach the server`;
    throw new CarpoolError('SESSION_MISUSED', message, { site });
  }
  if (open.address === undefined) {
    const message = `${tried}: its pool is in this process alone, which no other process can join. Define the pool in the config of your runner's adapter instead of with \`createPool\``;
    throw new CarpoolError('SESSION_MISUSED', message, { site });
  }
  try {
    return await open.address();
  } catch (thrown) {
    throw onMachine(errorAt(asCarpoolError(thrown, 'HUB_LOST', tried), site), machine);
  }
}
