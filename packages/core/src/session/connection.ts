/** What a conversation needs of the connection it is on. The mux is one. */
import type { Clock } from '../base/clock.ts';
import type { CarpoolError, Evidence } from '../base/errors.ts';
import type { Format } from '../codec/codec.ts';
import type { Frame } from '../codec/frame.ts';
import type {
  Diagnostic,
  Key,
  Messages,
  ProtocolPort,
  Protocol,
  Route,
  SessionPort,
  WireId,
} from '../protocol/protocol.ts';
import type { Journal, Speaker } from './journal.ts';
import type { RecordingOptions } from './listener.ts';
import type { LoggedErrors } from './logged-errors.ts';
import type { PendingCall } from './pending.ts';
import type { SessionRecord } from './session-record.ts';
import type { CloseReason } from './state.ts';
import type { Strays } from './strays.ts';
import type { WaitingKeys } from './waiting-keys.ts';
import type { Waits } from './waits.ts';

/** Requests that wait for their reply. */
export interface WaitingCalls {
  readonly waitingKeys: Iterable<Key>;
  /** All, in the order they were made under each key. */
  readonly unanswered: readonly PendingCall[];
  /** How many there are. */
  readonly waitingCalls: number;
  /** The one that has waited longest, also where nothing waits for that any more, and after the end. */
  readonly oldestCall: PendingCall | undefined;
  /** The one whose turn it is under this key. */
  awaiting(key: Key): PendingCall | undefined;
  /** Its reply is lost: it fails, unless it waits no longer. */
  lose(call: PendingCall, error: CarpoolError): void;
}

/** Takes the messages that the connection routes to one wire id. */
export interface Receiver {
  /** For errors. */
  readonly id: string;
  /** It takes no more messages, and another may take over its wire ids. */
  readonly over: boolean;
  /** What its exchanges wait for. */
  readonly waits: Waits;
  /** As its protocol has it. */
  readonly port: Pick<SessionPort, 'adopt'>;
  /** Its requests that wait for their reply. */
  readonly calls: WaitingCalls;
  /** What is known here of a call that gets no answer. */
  evidence(): Evidence;
  receive(route: Exclude<Route, { as: 'unknown' }>, frame: Frame): void;
  /** Ends it because of something that arrived. */
  fail(reason: CloseReason): void;
}

export interface Connection {
  readonly protocol: Protocol<Messages>;
  readonly clock: Clock;
  readonly format: Format;
  /** The child itself, outside all sessions. */
  readonly root: ProtocolPort;
  /** What the child finds wrong with what a session sent is an event, and is kept for the end of the session, or goes here. */
  readonly diagnosed: 'keep' | ((session: string, diagnostic: Diagnostic) => void) | undefined;
  /** It is a server: its failure is reported at the end of a session, too, because nothing of the session may have met it. */
  readonly reportsEnd: boolean;
  /** Milliseconds by which the confirmation of an end may be late: the host's own deadline is the pool's. */
  readonly grace: number;
  /** Absent where another process keeps it. */
  readonly journal: Journal | undefined;
  readonly strays: Strays;
  /** What a transcript has of one more session; it returns `undefined` for one that is in none. Absent: there is no transcript. */
  readonly record: ((speaker: Speaker, session: RecordingOptions) => SessionRecord | undefined) | undefined;
  /** Errors that the other side has logged. Absent where another process keeps them. */
  readonly logged: LoggedErrors | undefined;
  /** What came of a message whose end has not come: a line of evidence, or none. */
  readonly unfinished: () => readonly string[];
  /** A sentence about a child that sends nothing because of another session; `undefined`: there is no sign of that. */
  stuckIn(own: Speaker): string | undefined;
  /** @throws CarpoolError FRAME_TOO_LARGE, FRAME_MALFORMED, SESSION_OVERFLOW */
  transmit(frame: Frame): void;
  frameOf(message: unknown): Frame;
  /** The other side is gone. */
  isOver(): boolean;
  /** A number that no other request of this connection has. */
  nextCall(): number;
  /** Messages under this wire id go to `receiver` from now on. @throws CarpoolError SESSION_REFUSED if another has it */
  adopt(wireId: WireId, receiver: Receiver): void;
  forget(wireIds: Iterable<WireId>): void;
  /** Whose request waits under which key. Absent until a reply comes that names no session. */
  readonly keys: WaitingKeys<Receiver> | undefined;
}
