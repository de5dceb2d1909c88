/** The worker's side of the wire, as one more protocol for the mux. docs/wire.md says it in words. */
import { CarpoolError, fromRecord } from '../base/errors.ts';
import type { Codec, Format } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { lengthPrefixed } from '../codec/length-prefixed.ts';
import type { Opened, Outgoing, Protocol, Route, SessionPort, WireId } from '../protocol/protocol.ts';
import { bodyOf, headBytes, op, readHead, writePayload, type Op } from './frames.ts';
import type { ClosedBody, FailedBody, RegisterRequest, RegisterResult } from './messages.ts';

/** What `Mux.open` hands to `open` below. */
export interface WireParams {
  readonly request: Omit<RegisterRequest, 'method' | 'session'>;
  /** Loads the format by its name, and keeps the rest for the session. Called before anything of the session arrives. */
  registered(result: RegisterResult): Promise<Format>;
}

interface Known {
  readonly format: Format;
  readonly sessionField: readonly string[];
  readonly maxFrameBytes: number;
  readonly id: string;
}

/** Control frames are JSON, messages of sessions are whatever the child speaks; the frame itself is only bytes here. */
export const wireCodec: Codec = { name: 'wire', framing: lengthPrefixed, format: json };

export class WireProtocol implements Protocol {
  readonly name = 'wire';
  readonly #known = new Map<WireId, Known>();
  #sessions = 0;

  async open(port: SessionPort): Promise<Opened> {
    const { request, registered } = port.params as WireParams;
    const session = ++this.#sessions;
    port.adopt(session);
    const registering = port.root.request({ ...request, method: 'register', session }, port.givenUp);
    const result = (await registering.catch((thrown: unknown) => {
      // The host may have opened it before it heard of that.
      if (port.givenUp.aborted) port.root.request({ method: 'unregister', session }).catch(() => {});
      throw thrown;
    })) as RegisterResult;
    const { sessionField, maxFrameBytes } = result;
    const format = await registered(result);
    const fields = sessionField === undefined ? [] : [sessionField];
    this.#known.set(session, { format, sessionField: fields, maxFrameBytes, id: port.freshId });
    return {
      wireId: session,
      close: async (ending) => {
        await ending.root.request({ method: 'unregister', session });
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
        const error = fromRecord(jsonBody(payload) as FailedBody);
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
        const { by, reason, error } = jsonBody(payload) as ClosedBody;
        const refusal = error === undefined ? undefined : { message: reason, error: fromRecord(error) };
        return { as: 'lost', to: session, gone: true, by, reason, ...(refusal === undefined ? {} : { refusal }) };
      }
      default:
        return { as: 'unknown' };
    }
  }

  address({ kind, frame, wireId, call, key }: Outgoing): { frame: Frame; key?: string } {
    if (wireId === undefined) return { frame: wrap(op.CALL, 0, call, frame.bytes), key: String(call) };
    const session = Number(wireId);
    const known = this.#known.get(session);
    if (known === undefined) throw new CarpoolError('SESSION_REFUSED', `Cannot send: session ${wireId} is not open`);
    checkOwn(frame, known);
    const body = frame.bytes;
    if (body.length > known.maxFrameBytes) throw tooLarge(body.length, known.maxFrameBytes);
    switch (kind) {
      case 'send':
        return { frame: wrap(op.SEND, session, 0, body) };
      case 'request':
        return { frame: wrap(op.REQUEST, session, call, body), key: String(call) };
      case 'answer':
        return { frame: wrap(op.ANSWER, session, Number(key), body) };
    }
  }

  cancel(wireId: WireId | undefined, key: string): Frame {
    return wrap(op.CANCEL, Number(wireId ?? 0), Number(key), new Uint8Array(0));
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

function jsonBody(payload: Uint8Array): unknown {
  return json.decode(bodyOf(payload));
}

/** The host refuses it too; here the caller's own line is told at once. */
function checkOwn(frame: Frame, { sessionField, id }: Known): void {
  if (sessionField.length === 0) return;
  const [field = ''] = sessionField;
  const named = frame.fields(sessionField)[field];
  if (named === undefined || named === id) return;
  const text = `Cannot send: the message names ${field} ${JSON.stringify(String(named))}, and this session is ${JSON.stringify(id)}; leave the field out`;
  throw new CarpoolError('SESSION_REFUSED', text, { context: { field, named: String(named), own: id } });
}

function tooLarge(size: number, limit: number): CarpoolError {
  const text = `Cannot send: the message has ${size} bytes, and the limit is ${limit}; raise \`maxFrameBytes\``;
  return new CarpoolError('FRAME_TOO_LARGE', text, {
    scope: 'call',
    blame: 'test',
    context: { size, limit, option: 'maxFrameBytes' },
  });
}
