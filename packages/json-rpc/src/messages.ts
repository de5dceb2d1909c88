/** What the messages of a JSON-RPC 2.0 process look like in a session. `jsonrpc` and ids are set on the way. */

/** A request, as `session.request` and `session.interact` take it. */
export interface JsonRpcRequest {
  /** Its name. */
  readonly method: string;
  /** Its arguments, by name or by place. */
  readonly params?: unknown;
}

/** A message without a reply, as `session.send` takes it. */
export type JsonRpcNotification = JsonRpcRequest;

/** The reply to a request. One that holds an `error` never arrives: the call fails with SESSION_REFUSED. */
export interface JsonRpcResponse {
  /** What the method has returned. */
  readonly result: unknown;
}

/** What the answerer of `session.answer` returns. */
export type JsonRpcAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

/** A notification of the server, or a question: `session.events()` and the answerer of `session.answer` get it. */
export interface JsonRpcEvent {
  /** Its name. */
  readonly method: string;
  /** What it holds. */
  readonly params?: unknown;
}

/** The messages of a JSON-RPC process, for `Session<JsonRpcMessages>`. */
export interface JsonRpcMessages {
  /** What `session.send` takes, and what an answerer returns. */
  readonly send: JsonRpcNotification | JsonRpcAnswer;
  /** What `session.request` takes, and its reply. */
  readonly requests: { readonly '*': { readonly request: JsonRpcRequest; readonly reply: JsonRpcResponse } };
  /** What `session.interact` takes. JSON-RPC has no steps. */
  readonly interact: { readonly request: JsonRpcRequest; readonly step: never; readonly reply: JsonRpcResponse };
  /** What the server sends unasked. */
  readonly event: JsonRpcEvent;
}
