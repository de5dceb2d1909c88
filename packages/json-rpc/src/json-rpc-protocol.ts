/** What the messages of a JSON-RPC process mean that knows sessions by a field of `params`, or not at all. */
import {
  foreignSessionError,
  Frame,
  type Opened,
  type Outgoing,
  type Protocol,
  type ProtocolPort,
  type Route,
  type SessionPort,
  type WireId,
} from 'carpool/protocol';
import { Calls, fieldNames, keyOf, routeOf, unanswered } from './calls.ts';
import { listenersOf, listeningOf, type Listening } from './listening.ts';
import type { JsonRpcEvent, JsonRpcMessages, JsonRpcRequest } from './messages.ts';

export interface JsonRpcProtocolOptions {
  readonly hello: JsonRpcRequest | undefined;
  readonly ready: JsonRpcRequest | undefined;
  readonly session: string | undefined;
  readonly open: JsonRpcRequest | undefined;
  readonly close: JsonRpcRequest | undefined;
  readonly probe: JsonRpcRequest | undefined;
  readonly goodbye: JsonRpcRequest | undefined;
  readonly sessionOf: ((message: JsonRpcEvent) => WireId | undefined) | undefined;
  readonly cancelRequest: boolean;
  readonly answer: ((method: string, params: unknown) => unknown) | undefined;
  readonly notifications: Listening;
}

/** A protocol for one process. */
export function jsonRpcProtocol(options: JsonRpcProtocolOptions): Protocol<JsonRpcMessages> {
  const { hello, ready, session: field, open, close, probe, goodbye, sessionOf, cancelRequest, answer } = options;
  const calls = new Calls();
  const listening = new Map<WireId, Listening>();

  /** The session that a message names. */
  const ownerOf = (message: JsonRpcEvent): WireId | undefined => {
    if (sessionOf !== undefined) return sessionOf(message);
    const named = field === undefined ? undefined : fieldIn(message.params, field);
    return typeof named === 'string' || typeof named === 'number' ? named : undefined;
  };

  return {
    name: 'json-rpc',
    labelFields: ['method'],

    async hello(root) {
      const reply = hello === undefined ? undefined : await root.request(hello);
      if (ready !== undefined) root.send(ready);
      return (reply as { readonly result: unknown } | undefined)?.result;
    },

    async open(port: SessionPort): Promise<Opened> {
      const session = port.freshId;
      port.adopt(session);
      // What comes while it opens is its own, too.
      listening.set(session, listeningOf(port.params, options.notifications));
      try {
        if (open !== undefined) await port.request(open);
      } catch (thrown) {
        listening.delete(session);
        calls.forget(session);
        throw thrown;
      }
      return {
        wireId: session,
        async close(ending) {
          listening.delete(session);
          try {
            if (close !== undefined) await ending.request(close);
          } finally {
            calls.forget(session);
          }
        },
      };
    },

    route(frame): Route {
      const { method, id } = frame.fields(fieldNames);
      if (typeof method !== 'string') {
        const reply = calls.reply(frame, id);
        return reply === undefined ? { as: 'unknown' } : routeOf(reply);
      }
      const to = field === undefined && sessionOf === undefined ? undefined : ownerOf(frame.message as JsonRpcEvent);
      if (typeof id === 'string' || typeof id === 'number') return { as: 'ask', to, key: keyOf(id) };
      return to === undefined ? { as: 'broadcast', to: listenersOf(method, listening) } : { as: 'event', to };
    },

    address(outgoing: Outgoing) {
      const { wireId, frame, kind } = outgoing;
      if (field === undefined || wireId === undefined || kind === 'answer') return calls.address(outgoing);
      const message = frame.message as JsonRpcRequest;
      const { params = {} } = message;
      const named = fieldIn(params, field);
      if (named !== undefined && named !== wireId)
        throw foreignSessionError(`params.${field}`, named as WireId, wireId);
      // Params by place have no field for the session.
      if (typeof params !== 'object' || params === null || Array.isArray(params)) return calls.address(outgoing);
      const own = { ...message, params: { ...params, [field]: wireId } };
      return calls.address({ ...outgoing, frame: Frame.of(own, frame.format) });
    },

    answer(question) {
      const { method, params } = question as JsonRpcRequest;
      const result = answer?.(method, params);
      return result === undefined ? undefined : { result };
    },

    refuse(question) {
      const { method, params } = question.frame.message as JsonRpcRequest;
      return unanswered(question, answer?.(method, params));
    },

    ...(cancelRequest && {
      cancel: ({ key, format }) =>
        Frame.of({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: Number(key) } }, format),
    }),
    ...(probe !== undefined && { probe: (root: ProtocolPort) => root.request(probe) }),
    ...(goodbye !== undefined && { goodbye: (root: ProtocolPort) => root.send(goodbye) }),
  };
}

function fieldIn(params: unknown, field: string): unknown {
  return typeof params === 'object' && params !== null && Object.hasOwn(params, field)
    ? (params as Readonly<Record<string, unknown>>)[field]
    : undefined;
}
