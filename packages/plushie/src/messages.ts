/**
 * The types of the dialect: every message that plushie-renderer 0.7.1 takes and gives in its mock and headless modes.
 *
 * "Seen" marks what the 0.7.1 binary did on the wire, in both modes and both formats; "read" marks what only its source
 * says; "after 0.7.1" is what the main branch of plushie-rust did (May 2026; it too says that it is 0.7.1). Names and
 * spelling are the renderer's. Outgoing types leave out `session` and `id`: Carpool sets them. Seen: the renderer answers a
 * message with a missing or mistyped field with nothing but a line on stderr, after 0.7.1 with a diagnostic, so a request
 * that these types refuse would have ended in a timeout.
 */
import type { Messages } from 'carpool/protocol';
import type { PlushieEvent } from './messages/event.ts';
import type { Interact, InteractResponse, InteractStep } from './messages/interact.ts';
import type { PlushieRequests } from './messages/request.ts';
import type { PlushieSend } from './messages/send.ts';

export type * from './messages/event-of.ts';
export type * from './messages/event.ts';
export type * from './messages/interact.ts';
export type * from './messages/lifecycle.ts';
export type * from './messages/request.ts';
export type * from './messages/send.ts';
export type * from './messages/tree.ts';

/** The types of a session's messages, for `Session<PlushieMessages>` and `Pool<PlushieMessages>`. */
export interface PlushieMessages extends Messages {
  readonly send: PlushieSend;
  readonly requests: PlushieRequests;
  readonly interact: { readonly request: Interact; readonly step: InteractStep; readonly reply: InteractResponse };
  readonly event: PlushieEvent;
}
