/** The parts of a conversation, and how they are joined: what each of them tells which other one. */
import type { Frame } from '../codec/frame.ts';
import type { Diagnostic, WireId } from '../protocol/protocol.ts';
import type { Connection, Receiver } from './connection.ts';
import { Incoming, type LostRoute } from './incoming.ts';
import { rootId, type Speaker } from './journal.ts';
import type { ConversationOptions } from './listener.ts';
import { Outbox } from './outbox.ts';
import { ConversationPort } from './protocol-port.ts';
import { Questions } from './questions.ts';
import type { Recent } from './recent.ts';
import type { SessionRecord } from './session-record.ts';
import type { SessionState } from './state.ts';

/** What the parts need of the conversation itself. */
export interface Whole {
  readonly name: Speaker;
  readonly receiver: Receiver;
  readonly recent: Recent;
  readonly record: SessionRecord | undefined;
  state(): SessionState['name'];
  /** The child finds fault with what the session sent. */
  diagnosed(diagnostic: Diagnostic): void;
  /** True: the session has begun anew, and what says that it is over is an event. */
  beginsAnew(route: LostRoute, frame: Frame): boolean;
  /** The session is over for the child. */
  lost(route: LostRoute): void;
}

/** The ids of the child that are a session's. */
export interface OwnIds {
  readonly all: ReadonlySet<WireId>;
  /** One more. @throws CarpoolError SESSION_REFUSED if another open session has it */
  adopt(wireId: WireId): void;
}

export interface Parts {
  readonly outbox: Outbox;
  readonly port: ConversationPort;
  readonly questions: Questions;
  readonly incoming: Incoming;
  readonly ids: OwnIds;
}

export function joinedParts(connection: Connection, options: ConversationOptions, whole: Whole): Parts {
  const { id, listener, params } = options;
  const { name, recent, record, receiver } = whole;
  const all = new Set<WireId>();
  const adopt = (wireId: WireId): void => {
    if (all.has(wireId)) return;
    connection.adopt(wireId, receiver);
    all.add(wireId);
    // Until `open` is done, the first id that it adopts is the one it speaks under.
    outbox.wireId ??= wireId;
    listener.adopted?.(wireId);
  };
  const outbox = new Outbox({ connection, name, recent, record, receiver, owns: (wireId) => all.has(wireId) });
  const port = new ConversationPort({
    connection,
    outbox,
    name,
    params,
    adopt,
    taken: (frame) => questions.taken(frame),
  });
  const questions = new Questions({
    connection,
    outbox,
    listener,
    offer: (frame) => port.offer(frame),
    refused: record && ((key, reason) => record.refused(key, reason)),
    awaits: (frame) => port.waits.for(frame).length > 0,
  });
  const incoming = new Incoming({
    name,
    outbox,
    isRoot: id === rootId,
    recent,
    record,
    listener,
    port,
    stray: (frame, why) => connection.strays.add(frame, why),
    isOpen: () => whole.state() === 'open',
    asked: (key, question) => questions.ask(key, question, whole.state()),
    diagnosed: (diagnostic) => whole.diagnosed(diagnostic),
    beginsAnew: (route, frame) => whole.beginsAnew(route, frame),
    lost: (route) => whole.lost(route),
  });
  return { outbox, port, questions, incoming, ids: { all, adopt } };
}
