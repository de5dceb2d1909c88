/** What whoever opens a session hands to it: the pool in process, the client in a worker. */
import type { Evidence } from '../base/errors.ts';
import type { Format } from '../codec/codec.ts';
import type { Messages } from '../protocol/protocol.ts';
import type { Conversation, Listener } from './conversation.ts';
import type { Session } from './session.ts';

/** What an open session stands on. It is known only when the child has opened it. */
export interface OpenSession {
  readonly conversation: Conversation;
  readonly format: Format;
  readonly requestTimeout: number;
  readonly closeTimeout: number;
  readonly maxUnreadEvents: number;
  /** What the child said of itself. */
  readonly hello: unknown;
  /** What is known of the child from outside the session: the end of its stderr. */
  diagnose(): Promise<Evidence> | Evidence;
}

/** A session that is being opened: the listener for its conversation, and what makes it one that can be used. */
export interface Nascent<M extends Messages> {
  readonly session: Session<M>;
  readonly listener: Listener;
  bind(ground: OpenSession): void;
}
