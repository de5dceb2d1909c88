/**
 * The ids of all requests to one process. Sessions number their requests alike, and a reply carries an id alone: so each
 * request gets a number that no other has, and the reply finds here whose it is.
 */
import {
  CarpoolError,
  Frame,
  type Fields,
  type Outgoing,
  type Refused,
  type Route,
  type WireId,
} from 'carpool/protocol';

/** What is read of every message, in one array for good: formats remember it by its identity. */
export const fieldNames = ['method', 'id', 'jsonrpc'] as const;

interface Call {
  readonly to: WireId | undefined;
  /** The id that the sender has given it; the reply gets it back. */
  readonly own: string | number | undefined;
  /** It was sent by `session.send`, and no call waits for its reply. */
  readonly unawaited: boolean;
}

/** A reply, with the id that its request has for its sender. */
export interface Reply {
  readonly to: WireId | undefined;
  readonly key: string;
  readonly frame: Frame;
  readonly unawaited: boolean;
}

/** The ids of one process. */
export class Calls {
  readonly #waiting = new Map<number, Call>();
  #last = 0;

  /** Requests that have no reply. */
  get size(): number {
    return this.#waiting.size;
  }

  /** A message on its way to the process, as JSON-RPC writes it. */
  address({ kind, frame, wireId, key }: Outgoing): { frame: Frame; key?: string } {
    const { method, id } = frame.fields(fieldNames);
    const head = { jsonrpc: '2.0' };
    if (kind === 'answer') return { frame: frame.with({ ...head, id: idOf(key ?? '') }) };
    if (typeof method !== 'string') throw noMethod(frame);
    const own = typeof id === 'string' || typeof id === 'number' ? id : undefined;
    if (kind === 'send' && own === undefined) return { frame: frame.with(head) };
    const number = ++this.#last;
    this.#waiting.set(number, { to: wireId, own, unawaited: kind === 'send' });
    return { frame: frame.with({ ...head, id: number }), key: String(number) };
  }

  /** Whose reply it is; undefined: of no request that waits. */
  reply(frame: Frame, id: Fields[string] | undefined): Reply | undefined {
    if (typeof id !== 'number') return undefined;
    const call = this.#waiting.get(id);
    if (call === undefined) return undefined;
    this.#waiting.delete(id);
    const { to, own, unawaited } = call;
    return { to, key: String(id), frame: own === undefined ? frame : frame.with({ id: own }), unawaited };
  }

  /** The session has ended: what is still answered is for nothing. */
  forget(wireId: WireId): void {
    for (const [id, { to }] of this.#waiting) if (to === wireId) this.#waiting.delete(id);
  }
}

/** What a reply means: its result, or that the process refuses. */
export function routeOf({ to, key, frame, unawaited }: Reply): Route {
  if (unawaited) return { as: 'event', to, frame };
  // Where the format finds it in the bytes, a large result stays undecoded.
  if (!frame.has('error')) return { as: 'reply', to, key, frame };
  const { error } = frame.message as { readonly error: { readonly code: number; readonly message: string } | null };
  if (error === null) return { as: 'reply', to, key, frame };
  return { as: 'refusal', to, key, refusal: { code: String(error.code), message: String(error.message) } };
}

/** The key of a question: its id, with its type. */
export function keyOf(id: string | number): string {
  return `${typeof id === 'number' ? 'n' : 's'}${id}`;
}

function idOf(key: string): string | number {
  return key.startsWith('n') ? Number(key.slice(1)) : key.slice(1);
}

/** The answer to a question that nothing answers: a result that is given here, or the error for an unknown method. */
export function unanswered({ key, format, reason }: Refused, result: unknown): Frame {
  const head = { jsonrpc: '2.0', id: idOf(key) };
  if (result !== undefined) return Frame.of({ ...head, result }, format);
  return Frame.of({ ...head, error: { code: -32_601, message: reason } }, format);
}

function noMethod(frame: Frame): CarpoolError {
  const message = `Cannot send ${frame.toString()}: a message needs a \`method\`, which is a text`;
  return new CarpoolError('SESSION_REFUSED', message, { scope: 'call', blame: 'test' });
}
