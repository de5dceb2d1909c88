/**
 * The life of a session.
 *
 *   opening ──opened──▶ open ──close──▶ closing ──confirmed──▶ closed(reason)
 *      └───────────────┴─ owner, child, hub, abort ─▶ closed      └─ not in time ─▶ closed(reason), quarantined
 *
 * The reason lives inside the state: nobody can ask why a session is closed before it is. The first reason is kept; a
 * session that its test has ended stays "ended by its test", even if the child dies while it confirms.
 */
import { CarpoolError, type CallSite } from '../base/errors.ts';
import type { ClosedBy } from '../protocol/protocol.ts';

export type { ClosedBy };

export interface CloseReason {
  readonly by: ClosedBy;
  /** Milliseconds of the clock that the session was given. */
  readonly at: number;
  /** Half a sentence: "by `unregister`", "because its test ended". */
  readonly reason: string;
  /** The failure, where it was one. Pending calls reject with it. */
  readonly error?: CarpoolError | undefined;
}

export type SessionState =
  | { readonly name: 'opening' }
  | { readonly name: 'open' }
  | { readonly name: 'closing'; readonly reason: CloseReason }
  | { readonly name: 'closed'; readonly reason: CloseReason; readonly confirmed: boolean };

/** Whose end it is: `label` is for the sentence, `id` for the context. */
export interface Ended {
  readonly id: string;
  readonly label: string;
}

/** What a call meets that comes after the end. */
export function closedError(
  call: string,
  ended: Ended,
  reason: CloseReason,
  now: number,
  site?: CallSite,
): CarpoolError {
  const age = Math.max(0, Math.round(now - reason.at));
  const message = `Cannot ${call}: ${ended.label} was closed ${reason.reason} ${age} ms ago`;
  const failure = reason.error;
  if (failure === undefined || failure.code === 'SESSION_CLOSED') {
    return new CarpoolError('SESSION_CLOSED', message, {
      context: { session: ended.id, closedBy: reason.by, age },
      site,
    });
  }
  const { code, scope, blame, evidence } = failure;
  const context = { ...failure.context, session: ended.id };
  return new CarpoolError(code, message, { scope, blame, context, evidence, cause: failure, site });
}
