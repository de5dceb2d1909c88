/** `carpool/join`: for a process that a test has started, and handed its session to. docs/hand-over.md shows how. */
export { joinSession } from '../client/join.ts';
export type { AnyMessages, Messages } from '../protocol/protocol.ts';
export type { CallOptions, Interaction, RequestOptions, Session } from '../session/types.ts';
