/** Calls of a session that carries no messages. */
import { callSite } from '../base/errors.ts';
import { sendError } from './errors.ts';
import type { OpenSession } from './open-session.ts';

/**
 * @param above the function that the test has called
 * @throws CarpoolError SESSION_MISUSED for a session of a server
 */
export function checkTalks({ silent, format }: OpenSession, above: (...args: never[]) => unknown): void {
  if (silent !== true) return;
  try {
    format.encode(undefined);
  } catch (thrown) {
    throw sendError(thrown, callSite(above));
  }
}
