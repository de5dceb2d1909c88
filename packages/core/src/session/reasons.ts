/** Why a conversation ends, where the child or its protocol is the reason. */
import type { CarpoolError } from '../base/errors.ts';
import type { Route } from '../protocol/protocol.ts';
import { lostError } from './errors.ts';
import type { CloseReason } from './state.ts';

/**
 * The child, or what is between, has ended the session.
 * @param messages its last ones, as evidence
 */
export function lostReason(
  route: Extract<Route, { as: 'lost' }>,
  id: string,
  messages: () => readonly string[],
  now: number,
): CloseReason {
  const { by = 'child', reason = 'by the child', refusal } = route;
  const failed = by === 'child' || refusal !== undefined;
  return { by, at: now, reason, error: failed ? lostError(id, refusal, messages()) : undefined };
}

export function unopenedReason(thrown: unknown, now: number): CloseReason {
  return { by: 'child', at: now, reason: 'because it could not be opened', error: thrown as CarpoolError };
}
