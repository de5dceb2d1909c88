/** Messages of a session that must wait until the child would take them. */
import type { Frame } from '../codec/frame.ts';

/** Keeps a session's messages in the order its child can bear. Pure; one per session. */
export interface Gate {
  /** A message of the child passed. */
  received(frame: Frame): void;
  /**
   * Whether this message may be sent now. If not, it waits behind those of its kind, and the gate is asked about the oldest
   * of each kind again after every message that was sent or received.
   */
  admits(frame: Frame): boolean;
  /**
   * The kind of a message that must wait. Of those that wait, messages of one kind are sent in order, and one of another
   * kind may overtake them. Default: all are of one kind. Each kind costs a question after every message, so use few.
   */
  kind?(frame: Frame): string;
  /** It was sent. */
  sent(frame: Frame): void;
}
