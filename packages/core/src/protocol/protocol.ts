/**
 * What a message means for one kind of process. A protocol is written once for a process; pool, hub and runners need
 * nothing else. docs/protocol.md shows how, by example.
 *
 *   child's message ──route──▶ which session, and as what: reply, step, event, ask, loss
 *   user's message ──address─▶ the frame as the child wants to see it, and the key its reply will carry
 *
 * `route` and `address` are synchronous and see only the top-level `fields` they name, so that a large message can pass
 * without being decoded. `hello`, `open` and `close` are conversations and may take as many exchanges as they need.
 */
import type { CancelSignal } from '../base/cancellation.ts';
import type { Format } from '../codec/codec.ts';
import type { Frame } from '../codec/frame.ts';
import type { Gate } from './gate.ts';
import type { Key, Route, WireId } from './route.ts';

export type { Adopted, ClosedBy, Diagnostic, Key, LoggedError, Refusal, Route, WireId } from './route.ts';

/** The types of messages that travel in a session; only the compiler looks at them. */
export interface Messages {
  /** What `send` takes, and what answers of questions are. */
  readonly send: unknown;
  /** What `request` takes and gives, beside `session` and `id`: by `type` where there is one, `'*'` for all others. */
  readonly requests: Readonly<Record<string, { readonly request: unknown; readonly reply: unknown }>>;
  /** What `interact` takes, its steps, and its response. */
  readonly interact: { readonly request: unknown; readonly step: unknown; readonly reply: unknown };
  /** What `events()` gives. */
  readonly event: unknown;
  /** What `open` found out, plain data: `session.opened`. */
  readonly opened?: unknown;
  /** What `register` and a fixture take as `params`, plain data, for `open`: `port.params`. */
  readonly params?: unknown;
}

/** Messages of a process about which nothing is known: objects. */
export interface AnyMessages extends Messages {
  readonly send: Readonly<Record<string, unknown>>;
  readonly requests: {
    readonly '*': { readonly request: Readonly<Record<string, unknown>>; readonly reply: Record<string, unknown> };
  };
  readonly interact: {
    readonly request: Readonly<Record<string, unknown>>;
    readonly step: Record<string, unknown>;
    readonly reply: Record<string, unknown>;
  };
  readonly event: Record<string, unknown>;
}

/** A message on its way to the child. */
export interface Outgoing {
  readonly kind: 'send' | 'request' | 'answer';
  readonly frame: Frame;
  /** `undefined` for the root. */
  readonly wireId: WireId | undefined;
  /** For a request: a number no other request of this connection has. */
  readonly call: number;
  /** For an answer: the key of the question. */
  readonly key?: Key | undefined;
  /** True for the wire ids of the session that sends. Naming another's must be refused. */
  owns(wireId: WireId): boolean;
}

/** The same message, ready for the child. */
export interface Addressed {
  readonly frame: Frame;
  /**
   * For a request: the `key` that `route` will give its reply. Default: `call` as text. Where replies find their session by
   * it, it must be unique over the connection.
   */
  readonly key?: Key | undefined;
}

/** A request whose reply is no longer awaited, for `Protocol.cancel`. */
export interface Cancelled {
  /** `undefined` for the root. */
  readonly wireId: WireId | undefined;
  /** The key that `address` gave to the request. */
  readonly key: Key;
  /** Of the child, for `Frame.of`. */
  readonly format: Format;
}

/** A question of the child that gets no answer, for `Protocol.refuse`. */
export interface Refused {
  /** The session that it asked, also one that is not there; `undefined` for the root. */
  readonly wireId: WireId | undefined;
  /** The key that `route` gave to the question. */
  readonly key: Key;
  /** The question. */
  readonly frame: Frame;
  /** Of the child, for `Frame.of`. */
  readonly format: Format;
  /** Why there is none, in half a sentence. */
  readonly reason: string;
}

/** A conversation as `hello`, `open` and `close` hold it. Their deadline ends every wait. */
export interface ProtocolPort {
  /** Sends a message that has no reply. @throws CarpoolError FRAME_TOO_LARGE, FRAME_MALFORMED */
  send(message: unknown): void;
  /**
   * Resolves with the decoded reply. With `signal` the wait, and where the protocol can say it the request, is cancelled.
   * @throws CarpoolError SESSION_REFUSED with the child's text
   */
  request(message: unknown, signal?: CancelSignal): Promise<unknown>;
  /**
   * The next event or question for which `matches` is true; what came before this call and was not taken counts too. A
   * question that it returns is the protocol's to answer, by `send`.
   * @param expected what `matches` looks for, for the error if it does not come: `{ type: 'ready' }`
   * @param option the option in which that stands, for the error: "close.expect"
   */
  next(matches: (message: unknown) => boolean, expected?: unknown, option?: string): Promise<unknown>;
}

/** The conversation of one session, for `open` and `close`. */
export interface SessionPort<Params = unknown> extends ProtocolPort {
  /** The child itself, outside all sessions. */
  readonly root: ProtocolPort;
  /**
   * An id that no other session of this child has or had, for protocols in which Carpool chooses the id: `s` and a number,
   * which counts the sessions of the pool: "s1", "s2", … It is `session.id`, in process and through a host alike.
   */
  readonly freshId: string;
  /** What `register`, or a fixture, was given for the protocol; `undefined`: nothing. */
  readonly params: Params | undefined;
  /**
   * From now on messages under this id belong to this session, and it may name the id in what it sends.
   * @throws CarpoolError SESSION_REFUSED if another open session has it
   */
  adopt(wireId: WireId): void;
  /** True once `route` said `lost`. */
  readonly lost: boolean;
  /** Aborted when the caller of `register` has given up before the session was open. */
  readonly givenUp: CancelSignal;
  /** Resolves when `route` said `lost` with `gone`. */
  readonly gone: Promise<void>;
}

/** An open session, as its protocol sees it. */
export interface Opened<Found = unknown> {
  /**
   * What `open` found out and the test may want: it is `session.opened`. Plain data, which structured clone carries whole:
   * a host may be between.
   */
  readonly opened?: Found | undefined;
  /** The id under which the session sends. It is adopted; the id of another open session is refused. */
  readonly wireId: WireId;
  /** Ends it; resolves when the child has confirmed that nothing of the session is left. */
  close(port: SessionPort): Promise<void> | void;
  /**
   * Asked about a message that `route` calls `lost`, while the session is open. True: the session had asked the child to
   * begin it anew; the message is an event, and the session keeps its slot. With `gone` the old one is over, and its
   * requests that still wait fail with SESSION_CLOSED.
   */
  beginsAnew?(frame: Frame): boolean;
  /** Holds messages back while the child would not take them. Absent: everything may be sent at any time. */
  readonly gate?: Gate;
}

/** What the messages of one kind of process mean. `route` and `address` are called for every message. */
export interface Protocol<M extends Messages = AnyMessages> {
  readonly name: string;
  /** The top-level field that names the session in every message, where there is one; users must not set it. */
  readonly sessionField?: string;
  /**
   * The top-level field by which a request may carry an id of the user's own, as text, where there is one.
   * `Interaction.id` is what stands there.
   */
  readonly idField?: string;
  /**
   * What a request is called in errors: paths in the message, with dots. What stands at the first is its name, and what
   * stands at the others is shown with it: `['method', 'params.textDocument.uri']`. Default `['type']`.
   */
  readonly labelFields?: readonly string[];
  /** Runs once for every life of the child, before any session. What it resolves with is `session.hello`. */
  hello?(root: ProtocolPort): Promise<unknown>;
  /** Starts a session. Without it a session begins with its first message, under `freshId`. */
  open?(port: SessionPort<M['params']>): Promise<Opened<M['opened']>> | Opened<M['opened']>;
  /**
   * Pure. @throws CarpoolError FRAME_MALFORMED: the child is to blame, and is replaced. Anything else that it throws is
   * PROTOCOL_FAILED: the message is lost, and the child lives on
   */
  route(frame: Frame): Route;
  /** Pure. @throws CarpoolError SESSION_REFUSED if the message names a session that is not the sender's */
  address(outgoing: Outgoing): Addressed;
  /**
   * The message, if there is one, by which the child learns that a reply is no longer awaited: its caller has given up, or
   * the session ends. By default the child does not learn it.
   */
  cancel?(request: Cancelled): Frame | undefined;
  /**
   * Answers a question of the child outside all sessions (`ask` with `to: undefined`), at any time from the start of the
   * child. What it returns, or resolves with, goes through `address` as `kind: 'answer'`; `undefined` refuses the question.
   * If it throws, the question is refused with the text of the error; without `refuse` the child is ended.
   */
  answer?(question: unknown, root: ProtocolPort): unknown;
  /**
   * The message by which the child learns that a question gets no answer: no session of that id is there, it has no
   * answerer, it has ended, or `answer` gave none. By default the child gets nothing.
   */
  refuse?(question: Refused): Frame | undefined;
  /**
   * Asks the child whether it still answers; resolves when it has. Called when the child has not confirmed the end of a
   * session in time, or 500 ms after an end that is not confirmed, or when the test of a session has failed and nothing has come since. In the first case, if `probeTimeout` passes, the child is killed and replaced. Without it, a child is replaced that
   * sends nothing at all in that time.
   */
  probe?(root: ProtocolPort): Promise<unknown>;
  /**
   * What the child says that it is doing, a sentence, for the evidence of calls that get no answer: `it works on "Indexing",
   * 40 %`. `undefined`: it is not known.
   * @param wireIds those of the session whose call waits; of the root there are none
   */
  activity?(wireIds: readonly WireId[]): string | undefined;
  /** The first rung of the stop ladder: a message that asks the child to end. Without it: the end of its input. */
  goodbye?(root: ProtocolPort): Promise<void> | void;
  /** Only for the compiler: the type of the messages. Never set. */
  readonly messages?: M;
}
