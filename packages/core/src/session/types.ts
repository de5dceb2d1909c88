/** What a session's calls take and give, as types. */
import type { Messages } from '../protocol/protocol.ts';

/** Any request of a dialect. */
export type RequestOf<M extends Messages> = M['requests'][keyof M['requests']]['request'];

/** The reply to a request, by its `type` where the dialect knows it. */
export type ReplyTo<M extends Messages, Request> = Request extends { readonly type: infer Type }
  ? Type extends keyof M['requests']
    ? M['requests'][Type]['reply']
    : M['requests'][keyof M['requests']]['reply']
  : M['requests'][keyof M['requests']]['reply'];

export interface CallOptions {
  /** Milliseconds until REQUEST_TIMEOUT. Default: `requestTimeout` of the pool, 30,000. */
  readonly timeout?: number;
  /** Ends the wait; the call rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface RequestOptions extends CallOptions {
  /** The `type` that the reply must have; another one rejects the call with SESSION_REFUSED. */
  readonly expect?: string;
}
