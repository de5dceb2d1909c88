/**
 * The life of a session.
 *
 *   opening ──opened──▶ open ──close──▶ closing ──confirmed──▶ closed(reason)
 *      └───────────────┴─ owner, child, hub, abort ─▶ closed      └─ not in time ─▶ closed(reason), quarantined
 *
 * The reason lives inside the state, so that it cannot be read before the session is closed. The first reason is kept: a
 * session that its test has ended stays "ended by its test", even if the child dies while it confirms.
 */
import type { CarpoolError } from '../base/errors.ts';
import { onMachine } from '../base/on-machine.ts';
import type { ClosedBy } from '../protocol/protocol.ts';

/** Why a session has ended. */
export interface CloseReason {
  /** Who ended it. */
  readonly by: ClosedBy;
  /** When: milliseconds of the clock that the session was given. */
  readonly at: number;
  /** Half a sentence: "by `unregister`", "because its test has ended". */
  readonly reason: string;
  /** The failure, where it was one. Pending calls reject with it. */
  readonly error?: CarpoolError | undefined;
}

export type SessionState =
  | { readonly name: 'opening' }
  | { readonly name: 'open' }
  | { readonly name: 'closing'; readonly reason: CloseReason }
  | { readonly name: 'closed'; readonly reason: CloseReason; readonly confirmed: boolean };

/** How a conversation ended for the child. `confirmed: false`: what is left of it there is not known. */
export interface Released {
  readonly confirmed: boolean;
  /** Why it was not confirmed, where the child was asked. */
  readonly failure?: CarpoolError | undefined;
  /** What the child found wrong with what the session sent, where the pool keeps that: SESSION_DIAGNOSTICS. */
  readonly diagnosed?: CarpoolError | undefined;
}

/** @param machine as of `UserSession` */
export function reasonOn(reason: CloseReason, machine: string | undefined): CloseReason {
  const { error } = reason;
  return error === undefined ? reason : { ...reason, error: onMachine(error, machine) };
}

/** Of a session that the child has opened when nothing waits for it any more. */
export function lateReason(now: number): CloseReason {
  return { by: 'pool', at: now, reason: 'because it opened too late' };
}
