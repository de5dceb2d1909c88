/** What a conversation reports to the session of a user, or to the relay of the hub. */
import type { HolderLabel } from '../base/holder-label.ts';
import type { RecordedPool } from '../base/transcript-keeper.ts';
import type { Frame } from '../codec/frame.ts';
import type { Key, WireId } from '../protocol/protocol.ts';
import type { CloseReason } from './state.ts';

/** Takes what comes in. Handed over when the conversation begins, so that nothing precedes it. */
export interface Listener {
  event(frame: Frame): void;
  ask(frame: Frame, key: Key): void;
  /** The session owns one more id of the child. Before `closed`. */
  adopted?(wireId: WireId): void;
  /** Once. Calls that come later fail with the reason. */
  closed(reason: CloseReason): void;
}

/** What a transcript needs to know of a session when it begins. */
export interface RecordingOptions {
  /** Handed to the protocol's `open`. */
  readonly params?: unknown;
  /** The transcript that it is in. Default: that of its connection. */
  readonly transcript?: RecordedPool | undefined;
}

/** What a conversation is made of, besides its connection. */
export interface ConversationOptions extends RecordingOptions {
  readonly id: string;
  readonly listener: Listener;
  /** Whose it is, for the errors of others. */
  readonly holder?: HolderLabel | undefined;
  /** Its end begins. */
  readonly ends?: ((doubt: Doubt | undefined) => void) | undefined;
}

/** Why the child may be blocked at the end of a session: a request has no reply, or the test has failed, by a time-out perhaps. */
export type Doubt = 'unanswered' | 'failed';
