/** A session as its user holds it, and what its calls take and give. */
import type { Evidence } from '../base/errors.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { CloseReason } from './state.ts';

/** Any request of a dialect. */
export type RequestOf<M extends Messages> = M['requests'][keyof M['requests']]['request'];

/** The reply to a request, by its `type` where the dialect knows it. */
export type ReplyTo<M extends Messages, Request> = Request extends { readonly type: infer Type }
  ? Type extends keyof M['requests']
    ? M['requests'][Type]['reply']
    : M['requests'][keyof M['requests']]['reply']
  : M['requests'][keyof M['requests']]['reply'];

/** What every call that waits takes. */
export interface CallOptions {
  /**
   * Milliseconds until REQUEST_TIMEOUT. Default: `requestTimeout` of the pool, 30,000. Inside a test the call ends a little
   * before the test does, if that is earlier.
   */
  readonly timeout?: number;
  /** Ends the wait; the call rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** What `request` takes. */
export interface RequestOptions extends CallOptions {
  /** The `type` that the reply must have; another one rejects the call with SESSION_REFUSED. */
  readonly expect?: string;
}

/**
 * A request whose reply is preceded by steps. Iterate it for the steps, await it for the reply, or both: the request was
 * sent by `session.interact` already.
 */
export interface Interaction<Step, Reply> extends AsyncIterable<Step, void>, PromiseLike<Reply> {
  /**
   * The id of the request, which its steps and its reply carry, known at once: the one in the message, else one that the
   * session put there. `undefined` where the protocol has no `idField`.
   */
  readonly id: string | undefined;
  /** Steps in order, as they come. The loop ends before the reply, and throws if the interaction failed. */
  [Symbol.asyncIterator](): AsyncGenerator<Step, void, undefined>;
  /** Calls back with the reply, or with why there is none. */
  then<A = Reply, B = never>(
    fulfilled?: ((reply: Reply) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
}

/**
 * One isolated conversation with the child. It belongs to the test that registered it, holds one slot of the pool, and
 * ends with `unregister`, with its owner, or with the child.
 *
 * Every call after that fails with SESSION_CLOSED, or with the failure that ended the session. Errors point at the line
 * of the call.
 * @example
 * await using session = await pool.register();
 * session.send({ type: 'load', file: 'a.txt' });
 * const reply = await session.request({ type: 'query' }, { timeout: 1_000 });
 */
export interface Session<M extends Messages = AnyMessages> extends AsyncDisposable {
  /** Unique in its pool: "s1", "s2", … */
  readonly id: string;
  /** The name of its pool. */
  readonly pool: string;
  /** What the child said of itself when it started. */
  readonly hello: unknown;
  /** What the protocol's `open` found out for this session: a URL, a database name, a context id. */
  readonly opened: M['opened'];
  /** The name of the format in which its messages are written: "msgpack", "json", … */
  readonly format: string;
  /** Resolves when the session has ended, with what ended it and why. Never rejects. */
  readonly closed: Promise<CloseReason>;
  /** `undefined` while it is open. */
  readonly closeReason: CloseReason | undefined;

  /**
   * Sends a message that has no reply.
   * @throws CarpoolError SESSION_CLOSED, SESSION_REFUSED, SESSION_OVERFLOW, FRAME_TOO_LARGE, FRAME_MALFORMED
   */
  send(message: M['send']): void;

  /**
   * Sends a request and resolves with its reply, decoded.
   * @throws CarpoolError as `send`, and REQUEST_TIMEOUT, SESSION_FAILED, CHILD_EXITED; the reason of `signal`
   */
  request<const R extends RequestOf<M>>(message: R, options?: RequestOptions): Promise<ReplyTo<M, R>>;

  /**
   * Sends a request whose reply is preceded by steps. Iterate the result for the steps, await it for the reply, or both.
   * At most `maxUnreadEvents` of the pool, 10,000, steps wait to be read; one more fails the call with SESSION_OVERFLOW.
   * @throws CarpoolError as `request`, when it is awaited or iterated
   * @example
   * const click = session.interact({ type: 'click', target: 'save' });
   * for await (const step of click) console.log(step);
   * const reply = await click;
   */
  interact(
    message: M['interact']['request'],
    options?: CallOptions,
  ): Interaction<M['interact']['step'], M['interact']['reply']>;

  /**
   * What the child sends unasked, in order. Leaving the loop keeps the rest for the next one; only one loop at a time.
   * @throws CarpoolError in the loop: SESSION_MISUSED if another one reads, SESSION_OVERFLOW if events were dropped before the first read, or the failure that
   * ended the session
   */
  events(): AsyncGenerator<M['event'], void, undefined>;

  /**
   * The next unasked message for which `matches` is true; the others stay for later.
   * @param matches Default: any.
   * @throws CarpoolError REQUEST_TIMEOUT, SESSION_CLOSED, or the failure that ended the session; the reason of `signal`
   */
  event(matches?: (event: M['event']) => boolean, options?: CallOptions): Promise<M['event']>;

  /**
   * For a runtime that writes its own ids: everything that no call of this session waits for, replies and steps too, goes
   * to `handler` as it comes, in order, what came before first. `events()` and `event()` give nothing any more. A second
   * call replaces the handler. What it throws is an uncaught exception, and the session goes on.
   */
  onMessage(handler: (message: Record<string, unknown>) => void): void;

  /**
   * Answers the questions of the child. One answerer at a time: a second call replaces the first. Without one, and when
   * the answerer throws, a question ends the session with SESSION_REFUSED.
   * An answer is a `send` message of the types.
   */
  answer(answerer: (question: M['event']) => M['send'] | Promise<M['send']>): void;

  /**
   * The address of this session for one process that the test starts: text for an environment variable. The process calls
   * `joinSession` of `carpool/join` with it, and then speaks in this session as the test does: replies come to the process
   * that asked, events to all, and the child's questions to the test. Its end, of whatever kind, does not end this session;
   * the end of this session disconnects it. One process can join with an address, once; each call makes another.
   * @throws CarpoolError SESSION_MISUSED for a pool of `createPool`, and for a server, which any process reaches with what is
   * in `opened`; SESSION_OVERFLOW if 100 addresses of this session are not used; SESSION_CLOSED
   * @example
   * const env = { ...process.env, CARPOOL_SESSION: await session.address() };
   * spawn('my-command', ['--once'], { env });
   */
  address(): Promise<string>;

  /**
   * Ends the session and gives its slot back; resolves when the child has confirmed that the session is gone.
   * @throws CarpoolError SESSION_CLOSED when called twice, REQUEST_TIMEOUT when the child did not confirm within
   * `closeTimeout` of the pool, SESSION_DIAGNOSTICS with `diagnostics: 'fail'` of the pool. In a test that
   * one comes with the end of the test, or of the file, to which the session belongs
   */
  unregister(): Promise<void>;

  /** As `unregister`, but does nothing when the session has ended already. */
  [Symbol.asyncDispose](): Promise<void>;

  /**
   * The last messages of the session, and what its child has printed to stderr since the session began, for a report of a
   * failing test. Of a child that has died, the end of its stderr.
   */
  evidence(): Promise<Evidence>;
}
