/** Why a conversation ends, where the child or its protocol is the reason. */
import { isCarpoolError, type CarpoolError } from '../base/errors.ts';
import type { Route } from '../protocol/protocol.ts';
import { lostError, unopenedError } from './errors.ts';
import { protocolError } from './protocol-errors.ts';
import type { Recent } from './recent.ts';
import type { CloseReason, SessionState } from './state.ts';

/** The child, or what is between, has ended the session. Its last messages are the evidence. */
export function lostReason(
  route: Extract<Route, { as: 'lost' }>,
  { id, recent }: { readonly id: string; readonly recent: Recent },
  { opening, now }: { readonly opening: boolean; readonly now: number },
): CloseReason {
  const { by = 'child', reason = 'by the child', refusal } = route;
  const failed = by === 'child' || refusal !== undefined;
  const error = (opening ? unopenedError : lostError)(id, refusal, recent.describe());
  return { by, at: now, reason, error: failed ? error : undefined };
}

/**
 * What `open` fails with. Where the child has ended the session meanwhile, its own reason says more than what the protocol
 * had waited for.
 */
export function whyUnopened(thrown: unknown, state: SessionState, protocol: string): unknown {
  const reason = 'reason' in state ? state.reason.error : undefined;
  const why = reason !== undefined && isEcho(thrown, reason) ? reason : thrown;
  return protocolError('open', protocol, why) ?? why;
}

/** "session s1 was closed", which has a copy of the reason as its cause. */
function isEcho(thrown: unknown, { code, context }: CarpoolError): boolean {
  if (code !== 'SESSION_FAILED' || !isCarpoolError(thrown, code) || thrown.cause === undefined) return false;
  return thrown.context['session'] === context['session'];
}

export function unopenedReason(thrown: unknown, now: number): CloseReason {
  return { by: 'child', at: now, reason: 'because it could not be opened', error: thrown as CarpoolError };
}
