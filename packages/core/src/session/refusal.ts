/** The child's "no" as an error: of one request, or of the whole session. */
import { CarpoolError } from '../base/errors.ts';
import type { Refusal } from '../protocol/protocol.ts';

export function refusedError(session: string, refusal: Refusal): CarpoolError {
  if (refusal.error !== undefined) return refusal.error as CarpoolError;
  const message = `The child refused the request${codeOf(refusal)}: ${refusal.message}`;
  return new CarpoolError('SESSION_REFUSED', message, { blame: 'child', context: contextOf(session, refusal) });
}

/** @param messages the last ones of the session, as evidence */
export function lostError(session: string, refusal: Refusal | undefined, messages: readonly string[]): CarpoolError {
  if (refusal?.error !== undefined) return refusal.error as CarpoolError;
  const reason = refusal === undefined ? 'it gave no reason' : refusal.message;
  const message = `The child ended session ${session}${codeOf(refusal)}: ${reason}`;
  return new CarpoolError('SESSION_FAILED', message, { context: contextOf(session, refusal), evidence: { messages } });
}

function codeOf(refusal: Refusal | undefined): string {
  return refusal?.code === undefined ? '' : ` (${refusal.code})`;
}

function contextOf(session: string, refusal: Refusal | undefined): Record<string, unknown> {
  return { session, ...(refusal?.code === undefined ? {} : { childCode: refusal.code }) };
}
