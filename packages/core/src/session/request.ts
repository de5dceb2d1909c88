/** A request in words, and what its caller expects of the reply. */
import { CarpoolError, asCarpoolError, errorAt, type CallSite } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';

const typeField = ['type'] as const;

export function describeRequest(message: unknown): string {
  const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
  return typeof type === 'string' ? `"${type}"` : 'the request';
}

/** @throws CarpoolError SESSION_REFUSED if the reply has another `type` */
export function checkExpected(reply: Frame, expect: string, request: unknown, site: CallSite): void {
  const { type } = reply.fields(typeField);
  if (type === expect) return;
  const found = `The reply to ${describeRequest(request)} has type ${JSON.stringify(type)}`;
  throw new CarpoolError('SESSION_REFUSED', `${found}, expected ${JSON.stringify(expect)}`, {
    blame: 'child',
    evidence: { messages: [reply.toString()] },
    site,
  });
}

/** Whatever kept a message from being sent, at its caller's line. */
export function sendError(thrown: unknown, site: CallSite): CarpoolError {
  return errorAt(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot send'), site);
}
