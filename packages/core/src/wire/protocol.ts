/** The worker's side of the wire, as one more protocol for the mux. docs/wire.md describes it. */
import { CarpoolError, fromRecord } from '../base/errors.ts';
import type { Codec, Format } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { noMessages } from '../codec/no-messages.ts';
import { lengthPrefixed } from '../codec/length-prefixed.ts';
import { foreignSessionError } from '../protocol/foreign-session.ts';
import type {
  Addressed,
  Cancelled,
  Opened,
  Outgoing,
  Protocol,
  Refused,
  Route,
  SessionPort,
  WireId,
} from '../protocol/protocol.ts';
import { Elsewhere, type RegisterElsewhere } from './elsewhere.ts';
import { frameTooLarge } from './frame-too-large.ts';
import { carry, uncarried } from './carried.ts';
import { bodyOf, headBytes, op, readHead, writePayload, type Op } from './frames.ts';
import { decodeJsonBody, encodeJsonBody } from './json-body.ts';
import type { AdoptedBody, ClosedBody, FailedBody, LostBody, PrintBody, RefuseBody } from './frame-bodies.ts';
import type { ObservedBody } from './observe.ts';
import type { JoinRequest, JoinResult, RegisterRequest, RegisterResult } from './messages.ts';

/** `params` of `Mux.open`: what the worker wants. */
export type WireRegister = Omit<RegisterRequest, 'method' | 'session' | 'clonedParams'>;

/** `params` of `Mux.open` in a process that joins a session. */
export interface WireJoin {
  /** Its pid. */
  readonly joins: number;
}

/** What `Mux.open` resolves with. */
export interface WireOpened extends Opened {
  /** The worker's number for the session. */
  readonly wireId: number;
  readonly result: RegisterResult;
  /** What the protocol of the child found out. */
  readonly opened: unknown;
  /** The one that `result` names. */
  readonly format: Format;
}

interface Known {
  readonly format: Format;
  readonly sessionField: readonly string[];
  readonly maxFrameBytes: number;
  /** The id under which the session sends. */
  readonly wireId: WireId;
  readonly refuses: boolean;
}

/** Control frames are JSON, messages of sessions are in the format of the child; the frame itself is only bytes here. */
export const wireCodec: Codec = { name: 'wire', framing: lengthPrefixed(), format: json };

/** Milliseconds; nearly what a timer can wait. */
const longestWait = 2_000_000_000;
/** Sessions that are known after their end. */
const keptAfterEnd = 64;

export class WireProtocol implements Protocol {
  readonly name = 'wire';
  readonly #known = new Map<WireId, Known>();
  /** The ids of the child that each session may name. ADOPTED may overtake the answer to `register`. */
  readonly #owned = new Map<WireId, Set<WireId>>();
  /** Sessions that have ended, the oldest first. */
  readonly #ended: WireId[] = [];
  #sessions = 0;
  readonly #printed: ((text: string) => void) | undefined;
  /** Takes the number of a lease that is lost, and why. */
  whenLost: ((lease: number, error: CarpoolError) => void) | undefined;
  /** Takes why the host ends the connection on purpose. */
  whenEnded: ((error: CarpoolError) => void) | undefined;

  /** Takes messages of sessions, in what looks at them. */
  whenObserved: ((observed: ObservedBody) => void) | undefined;

  /** @param printed takes what the pools of a run print, in the main process of the run */
  constructor(printed?: (text: string) => void) {
    this.#printed = printed;
  }

  async open(port: SessionPort): Promise<WireOpened> {
    const session = ++this.#sessions;
    port.adopt(session);
    const { joins } = port.params as Partial<WireJoin>;
    const result =
      joins === undefined
        ? await this.#register(port, session)
        : ((await port.root.request({ method: 'join', session, pid: joins } satisfies JoinRequest)) as JoinResult);
    const { sessionField, maxFrameBytes, wireIds, id } = result;
    const format = await formatNamed(result.format);
    const opened = await uncarried({ plain: result.opened, cloned: result.clonedOpened });
    const fields = sessionField === undefined ? [] : [sessionField];
    for (const wireId of wireIds) this.#own(session, wireId);
    const { refuses = false } = result;
    this.#known.set(session, { format, sessionField: fields, maxFrameBytes, wireId: wireIds[0] ?? id, refuses });
    return {
      wireId: session,
      result,
      opened,
      format,
      close: async (ending) => {
        try {
          await ending.root.request({ method: 'unregister', session });
        } finally {
          this.#end(session);
        }
      },
    };
  }

  route(frame: Frame): Route {
    const payload = frame.bytes;
    const { op: kind, session, call } = readHead(payload);
    const to = session === 0 ? undefined : session;
    const key = String(call);
    switch (kind) {
      case op.RESULT:
        return { as: 'reply', to: undefined, key, frame: Frame.encoded(bodyOf(payload), json) };
      case op.FAILED: {
        const error = fromRecord(decodeJsonBody(bodyOf(payload)) as FailedBody);
        // Of no call: the host ends the connection.
        if (session === 0 && call === 0) {
          this.whenEnded?.(error);
          return { as: 'event', to: undefined };
        }
        return { as: 'refusal', to, key, refusal: { message: error.message, error } };
      }
      case op.REPLY:
        return { as: 'reply', to, key, frame: this.#body(payload, to) };
      case op.STEP:
        return { as: 'step', to, key, frame: this.#body(payload, to) };
      case op.EVENT:
        return { as: 'event', to, frame: this.#body(payload, to) };
      case op.ASK:
        return { as: 'ask', to: session, key, frame: this.#body(payload, to) };
      case op.CLOSED: {
        const { by, reason, error } = decodeJsonBody(bodyOf(payload)) as ClosedBody;
        this.#end(session);
        const refusal = error === undefined ? undefined : { message: reason, error: fromRecord(error) };
        return { as: 'lost', to: session, gone: true, by, reason, refusal };
      }
      case op.ADOPTED: {
        this.#own(session, (decodeJsonBody(bodyOf(payload)) as AdoptedBody).wireId);
        // For nothing but `address`.
        return { as: 'event', to: undefined };
      }
      case op.PRINT:
        this.#printed?.((decodeJsonBody(bodyOf(payload)) as PrintBody).text);
        return { as: 'event', to: undefined };
      case op.LOST:
        this.whenLost?.(call, fromRecord(decodeJsonBody(bodyOf(payload)) as LostBody));
        return { as: 'event', to: undefined };
      case op.OBSERVED:
        this.whenObserved?.(decodeJsonBody(bodyOf(payload)) as ObservedBody);
        return { as: 'event', to: undefined };
      default:
        return { as: 'unknown' };
    }
  }

  address({ kind, frame, wireId, call, key }: Outgoing): Addressed {
    if (wireId === undefined) return { frame: wrap(op.CALL, 0, call, frame.bytes), key: String(call) };
    const session = Number(wireId);
    const known = this.#known.get(session);
    if (known === undefined) throw new CarpoolError('SESSION_REFUSED', `Cannot send: session ${wireId} is not open`);
    this.#checkOwn(frame, session, known);
    const body = frame.bytes;
    if (body.length > known.maxFrameBytes) throw frameTooLarge(body.length, known.maxFrameBytes);
    switch (kind) {
      case 'send':
        return { frame: wrap(op.SEND, session, 0, body) };
      case 'request':
        return { frame: wrap(op.REQUEST, session, call, body), key: String(call) };
      case 'answer':
        return { frame: wrap(op.ANSWER, session, Number(key), body) };
    }
  }

  cancel({ wireId, key }: Cancelled): Frame {
    return wrap(op.CANCEL, Number(wireId ?? 0), Number(key), new Uint8Array(0));
  }

  refuse({ wireId, key, reason }: Refused): Frame | undefined {
    if (wireId === undefined || this.#known.get(wireId)?.refuses !== true) return undefined;
    return wrap(op.REFUSE, Number(wireId), Number(key), encodeJsonBody({ reason } satisfies RefuseBody));
  }

  async #register(port: SessionPort, session: number): Promise<RegisterResult> {
    const { params, timeout, timeLeft, ...wanted } = port.params as WireRegister;
    // In this turn where nothing is to be carried: the end of its owner, which may follow at once, must not overtake it.
    const { plain, cloned } = params === undefined ? {} : await carry(params, { what: '`params`', blame: 'test' });
    if (port.givenUp.aborted) throw port.givenUp.reason;
    const request = {
      ...wanted,
      // JSON has no `Infinity`.
      timeout: timeout === Infinity ? longestWait : timeout,
      timeLeft: timeLeft === Infinity ? undefined : timeLeft,
      params: plain,
      clonedParams: cloned,
      method: 'register',
      session,
    } satisfies RegisterRequest;
    const registering = port.root.request(request, port.givenUp);
    const result = (await registering.catch((thrown: unknown) => {
      // The host may have opened it before the cancellation arrived.
      if (port.givenUp.aborted) port.root.request({ method: 'unregister', session }).catch(() => {});
      throw thrown;
    })) as RegisterResult | RegisterElsewhere;
    if ('elsewhere' in result) throw new Elsewhere(result.elsewhere);
    return result;
  }

  #own(session: WireId, wireId: WireId): void {
    const owned = this.#owned.get(session);
    if (owned === undefined) this.#owned.set(session, new Set([wireId]));
    else owned.add(wireId);
  }

  /** What still comes for a session may have to be shown: it is forgotten when some more have ended. */
  #end(session: WireId): void {
    this.#ended.push(session);
    if (this.#ended.length <= keptAfterEnd) return;
    const [oldest = session] = this.#ended.splice(0, 1);
    this.#known.delete(oldest);
    this.#owned.delete(oldest);
  }

  /** The host refuses it too; here the error points at the caller's own line. */
  #checkOwn(frame: Frame, session: WireId, { sessionField, wireId }: Known): void {
    const [field] = sessionField;
    if (field === undefined) return;
    const named = frame.fields(sessionField)[field];
    // An empty one is how a program that has a child to itself addresses it.
    if (named === undefined || named === '' || named === wireId) return;
    if (this.#owned.get(session)?.has(named as WireId) !== true) throw foreignSessionError(field, named, wireId);
  }

  #body(payload: Uint8Array, session: WireId | undefined): Frame {
    return Frame.encoded(payload.subarray(headBytes), this.#formatOf(session));
  }

  /** Events can overtake the answer to `register`, which names the format; they wait, unread, until it is known. */
  #formatOf(session: WireId | undefined): Format {
    if (session === undefined) return json;
    const known = (): Format | undefined => this.#known.get(session)?.format;
    return (
      known() ?? {
        name: 'unknown yet',
        encode: (message) => (known() ?? json).encode(message),
        decode: (payload) => (known() ?? json).decode(payload),
      }
    );
  }
}

function wrap(kind: Op, session: number, call: number, body: Uint8Array): Frame {
  return Frame.encoded(writePayload(kind, session, call, body), json);
}

async function formatNamed(name: string): Promise<Format> {
  if (name === 'json') return json;
  if (name === noMessages.name) return noMessages;
  // Each is loaded by the first session that needs it.
  if (name === 'msgpack') return (await import('../codec/msgpack.ts')).msgpack;
  return (await import('./cloned-format.ts')).clonedFormat;
}
