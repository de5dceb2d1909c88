/** Requests by method and params, for sessions on a JSON-RPC process. */
import type { RequestOptions, CallOptions, Session } from 'carpool';
import type { JsonRpcEvent, JsonRpcMessages } from '../messages.ts';

/** What methods take and give: `{ add: { params: [number, number]; result: number } }`. Only the compiler looks at it. */
export type RpcMethods = Readonly<Record<string, { readonly params?: unknown; readonly result?: unknown }>>;

/** A session, called by method. */
export interface Rpc<Methods extends RpcMethods = Readonly<Record<string, { params?: unknown; result?: unknown }>>> {
  /** The session itself. */
  readonly session: Session<JsonRpcMessages>;
  /**
   * Sends a request, and resolves with its result.
   * @throws CarpoolError as `session.request`; SESSION_REFUSED with the code and the text of an error of the process
   */
  request<Method extends keyof Methods & string>(
    method: Method,
    params?: Methods[Method]['params'],
    options?: Omit<RequestOptions, 'expect'>,
  ): Promise<Methods[Method]['result']>;
  /** Sends a message that has no reply. @throws CarpoolError as `session.send` */
  notify(method: string, params?: unknown): void;
  /**
   * The params of the next notification of this method for which `matches` is true; other notifications stay for later.
   * @throws CarpoolError as `session.event`
   */
  notification(method: string, matches?: (params: unknown) => boolean, options?: CallOptions): Promise<unknown>;
}

/**
 * Calls for a session on a JSON-RPC process.
 * @example
 * const { request } = rpc<{ add: { params: number[]; result: number } }>(session);
 * expect(await request('add', [1, 2])).toBe(3);
 */
export function rpc<Methods extends RpcMethods = Readonly<Record<string, { params?: unknown; result?: unknown }>>>(
  session: Session<JsonRpcMessages>,
): Rpc<Methods> {
  return {
    session,
    // Not an async function: the stack of the call is taken at once, and holds the caller's line.
    request: (method, params, options) =>
      session.request(messageOf(method, params), options).then(({ result }) => result),
    notify: (method, params) => session.send(messageOf(method, params)),
    notification: (method, matches, options) =>
      session
        .event((event) => event.method === method && (matches === undefined || matches(event.params)), options)
        .then((event: JsonRpcEvent) => event.params),
  };
}

/** A message without the field that is not there: JSON-RPC knows no `params: null`. */
export function messageOf(method: string, params: unknown): { readonly method: string; readonly params?: unknown } {
  return params === undefined ? { method } : { method, params };
}
