/** A pool of sessions on one JSON-RPC 2.0 process. */
import { checkPoolOptions, type PoolOptionNames, type PoolOptions } from 'carpool';
import { contentLength, json, type Codec, type WireId } from 'carpool/protocol';
import { jsonRpcProtocol } from './json-rpc-protocol.ts';
import type { Listening } from './listening.ts';
import type { JsonRpcEvent, JsonRpcMessages, JsonRpcRequest } from './messages.ts';
import { wrongOption } from './wrong-option.ts';

/** The options of a pool, without those that the dialect sets itself, and what differs between JSON-RPC processes. */
export interface JsonRpcOptions extends Omit<PoolOptions<JsonRpcMessages>, 'codec' | 'protocol'> {
  /** Where a message ends: each is a line, or has a `Content-Length` header before it. Default `lines`. */
  readonly framing?: 'lines' | 'headers';
  /** The first request to the process; its result is `session.hello`. Default: a process that was started is ready. */
  readonly hello?: JsonRpcRequest;
  /** A notification after the reply to `hello`. Default none. */
  readonly ready?: JsonRpcRequest;
  /**
   * The field of `params` that names the session, where the process keeps sessions apart. Carpool sets it in all messages
   * of a session whose params are no list, and delivers what the process sends by it. Default none: a process without
   * state, whose notifications go to all sessions.
   */
  readonly session?: string;
  /** A request that begins a session; `session` names it in its params. Default: it begins with its first message. */
  readonly open?: JsonRpcRequest;
  /** A request that ends a session. Its reply confirms that nothing of it is left. Default: the process learns nothing. */
  readonly close?: JsonRpcRequest;
  /** A request that asks whether the process still answers. Default none: any message of it says so. */
  readonly probe?: JsonRpcRequest;
  /** A notification that asks the process to end. Default: the end of its input. */
  readonly goodbye?: JsonRpcRequest;
  /**
   * The session to which a notification or a question belongs, where no field of `params` names it. `undefined`: to none in
   * particular. Pure; called for each. Sessions are called as in `session.id`.
   */
  readonly sessionOf?: (message: JsonRpcEvent) => WireId | undefined;
  /** Send `$/cancelRequest`, with the `id`, for a request that is no longer awaited. Default false. */
  readonly cancelRequest?: boolean;
  /** Answers questions of the process that no session answers. It is called in the host, and returns plain data; `undefined` refuses. */
  readonly answer?: (method: string, params: unknown) => unknown;
  /** Which notifications that name no session each session gets: these methods, or all. Default true: all. */
  readonly notifications?: Listening;
}

const codecs: Readonly<Record<'lines' | 'headers', 'json-lines' | Codec>> = {
  lines: 'json-lines',
  headers: { name: 'json-rpc-headers', framing: contentLength, format: json },
};

const names: PoolOptionNames<JsonRpcOptions> = {
  own: {
    framing: true,
    hello: true,
    ready: true,
    session: true,
    open: true,
    close: true,
    probe: true,
    goodbye: true,
    sessionOf: true,
    cancelRequest: true,
    answer: true,
    notifications: true,
  },
  taken: { codec: true, protocol: true },
};

/**
 * The options of a pool of sessions on one JSON-RPC 2.0 process, for `defineConfig` or `createPool`. It starts nothing.
 *
 * Ids are rewritten, so that sessions never collide. A reply with an `error` fails its request with SESSION_REFUSED, with
 * the code and the text of the process. Batches are not used.
 *
 * @throws CarpoolError CONFIG_INVALID if `framing` is something else, or there is no such option
 * @example
 * ```ts
 * import { jsonRpc } from '@carpool/json-rpc';
 * import { defineConfig } from 'carpool';
 *
 * export default defineConfig({
 *   pools: {
 *     ledger: jsonRpc({
 *       command: 'node',
 *       args: ['ledger.mjs'],
 *       session: 'account',
 *       close: { method: 'forget' },
 *     }),
 *   },
 * });
 * ```
 */
export function jsonRpc(options: JsonRpcOptions): PoolOptions<JsonRpcMessages> {
  checkPoolOptions('jsonRpc', options, names);
  const { framing = 'lines', hello, ready, session, open, close, probe, goodbye, ...rest } = options;
  const { sessionOf, cancelRequest = false, answer, notifications = true, ...pool } = rest;
  if (!Object.hasOwn(codecs, framing)) throw wrongOption('jsonRpc({ framing })', framing, '"lines" or "headers"');
  return {
    ...pool,
    codec: codecs[framing],
    protocol: () =>
      jsonRpcProtocol({
        hello,
        ready,
        session,
        open,
        close,
        probe,
        goodbye,
        sessionOf,
        cancelRequest,
        answer,
        notifications,
      }),
  };
}
