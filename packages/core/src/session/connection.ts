/** What a conversation needs of the connection it is on; the mux is one. */
import type { Clock } from '../base/clock.ts';
import type { Frame } from '../codec/frame.ts';
import type { Messages, ProtocolPort, Protocol, WireId } from '../protocol/protocol.ts';
import type { Conversation } from './conversation.ts';

export interface Connection {
  readonly protocol: Protocol<Messages>;
  readonly clock: Clock;
  /** The child itself, outside all sessions. */
  readonly root: ProtocolPort;
  /** @throws CarpoolError FRAME_TOO_LARGE, FRAME_MALFORMED, SESSION_OVERFLOW */
  transmit(frame: Frame): void;
  frameOf(message: unknown): Frame;
  nextCall(): number;
  adopt(wireId: WireId, conversation: Conversation): void;
  forget(wireIds: Iterable<WireId>): void;
}
