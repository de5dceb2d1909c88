/**
 * A session as its user holds it: promises for replies, one iterator for what comes unasked, `await using` for its end.
 * It is the same class in process and in a test worker; only the transport under its conversation differs.
 */
import { CarpoolError, asCarpoolError, callSite, errorAt, type CallSite, type Evidence } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { Mailbox } from '../base/mailbox.ts';
import { within } from '../base/wait.ts';
import type { Format } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import type { AnyMessages, Key, Messages } from '../protocol/protocol.ts';
import type { Conversation, Listener } from './conversation.ts';
import { Interaction } from './interaction.ts';
import { closedError, type CloseReason } from './state.ts';

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

export interface SessionOptions {
  readonly pool: string;
  readonly format: Format;
  readonly clock: Clock;
  readonly requestTimeout: number;
  readonly closeTimeout: number;
  readonly maxUnreadEvents: number;
  /** What the child said of itself. */
  readonly hello: unknown;
  /** What is known of the child from outside the session: the end of its stderr. */
  readonly diagnose: () => Promise<Evidence> | Evidence;
}

const nothing = (): void => {};

/** One isolated conversation with the child. It belongs to the test that registered it. */
export class Session<M extends Messages = AnyMessages> implements AsyncDisposable {
  /** Resolves when the session has ended, with who ended it and why. Never rejects. */
  readonly closed: Promise<CloseReason>;
  readonly #options: SessionOptions;
  readonly #events: Mailbox<Frame>;
  readonly #listener: Listener;
  #conversation: Conversation | undefined;
  #resolveClosed!: (reason: CloseReason) => void;
  #reason: CloseReason | undefined;
  #dropped = 0;
  #everRead = false;
  #reading = false;
  #push: ((frame: Frame) => void) | undefined;
  #answer: ((question: unknown) => unknown) | undefined;
  #unregistered = false;

  /** Made by `register`; not for users. */
  constructor(options: SessionOptions) {
    this.#options = options;
    this.#events = new Mailbox(options.maxUnreadEvents);
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.#listener = {
      event: (frame) => this.#onEvent(frame),
      ask: (frame, key) => void this.#onAsk(frame, key),
      closed: (reason) => {
        this.#reason = reason;
        this.#events.close();
        this.#resolveClosed(reason);
      },
    };
  }

  /** For whoever opens the conversation: hand over the listener, then bind. */
  static listenerOf<M extends Messages>(session: Session<M>): Listener {
    return session.#listener;
  }

  static bind<M extends Messages>(session: Session<M>, conversation: Conversation): void {
    session.#conversation = conversation;
    session.#events.capacity = session.#options.maxUnreadEvents;
  }

  /** The push side, for the hub and for `pooledTransport`. */
  static conversationOf<M extends Messages>(session: Session<M>): Conversation {
    return session.#live;
  }

  get id(): string {
    return this.#live.id;
  }

  get pool(): string {
    return this.#options.pool;
  }

  /** What the child said of itself when it started. */
  get hello(): unknown {
    return this.#options.hello;
  }

  /** The name of the format its messages are written in: "msgpack", "json", … */
  get format(): string {
    return this.#options.format.name;
  }

  /** `undefined` while it is open. */
  get closeReason(): CloseReason | undefined {
    return this.#reason;
  }

  /**
   * Sends a message that has no reply.
   * @throws CarpoolError SESSION_CLOSED, SESSION_REFUSED, SESSION_OVERFLOW, FRAME_TOO_LARGE, FRAME_MALFORMED
   */
  send(message: M['send']): void {
    try {
      this.#live.send(Frame.of(message, this.#options.format));
    } catch (thrown) {
      throw this.#thrownAt(thrown, callSite(this.send));
    }
  }

  /**
   * Sends a request and resolves with its reply, decoded.
   * @throws CarpoolError as `send`, and REQUEST_TIMEOUT, SESSION_FAILED, CHILD_EXITED
   */
  request<const R extends RequestOf<M>>(message: R, options: RequestOptions = {}): Promise<ReplyTo<M, R>> {
    const site = callSite(this.request);
    const { promise, resolve, reject } = Promise.withResolvers<Frame>();
    const abandon = this.#call(message, site, reject, promise, { reply: resolve });
    return this.#settle(promise, abandon, message, site, options) as Promise<ReplyTo<M, R>>;
  }

  /** Sends a request whose reply is preceded by steps: iterate the result for the steps, await it for the response. */
  interact(
    message: M['interact']['request'],
    options: CallOptions = {},
  ): Interaction<M['interact']['step'], M['interact']['reply']> {
    const site = callSite(this.interact);
    const steps = new Mailbox<Frame>(this.#options.maxUnreadEvents);
    const { promise, resolve, reject } = Promise.withResolvers<Frame>();
    const step = (frame: Frame): void => {
      if (steps.push(frame)) return;
      reject(this.#overflow('steps'));
      abandon();
    };
    const abandon = this.#call(message, site, reject, promise, { reply: resolve, step });
    const response = this.#settle(promise, abandon, message, site, options);
    return new Interaction(steps, response) as Interaction<M['interact']['step'], M['interact']['reply']>;
  }

  /**
   * What the child sends unasked, in order. Leaving the loop keeps the rest for the next one. Only one loop at a time.
   * @throws CarpoolError in the loop: SESSION_OVERFLOW if events were dropped before the first read, or what ended the
   * session unless it was its user
   */
  async *events(): AsyncGenerator<M['event'], void, undefined> {
    if (this.#reading) throw new CarpoolError('SESSION_REFUSED', 'Cannot read events: another loop is reading them');
    this.#reading = true;
    try {
      for (;;) {
        const frame = await this.#take();
        if (frame === undefined) return;
        yield frame.message as M['event'];
      }
    } finally {
      this.#reading = false;
    }
  }

  /** The next unasked message for which `matches` is true; the others stay for later. */
  async event(matches?: (event: M['event']) => boolean, options: CallOptions = {}): Promise<M['event']> {
    const site = callSite(this.event);
    const { clock, requestTimeout } = this.#options;
    const { timeout = requestTimeout, signal } = options;
    const expired = (): Error => this.#timeout('event', timeout, site);
    const taking = this.#events.take(matches === undefined ? undefined : (frame) => matches(frame.message as M['event']));
    this.#everRead = true;
    try {
      const frame = await within(taking.item, { clock, timeout, signal, expired });
      if (frame !== undefined) return frame.message as M['event'];
    } finally {
      taking.stop();
    }
    throw this.#closedError('wait for an event', site);
  }

  /** Answers what the child asks. One answerer at a time; without one the child's questions are refused. */
  answer(answerer: (question: M['event']) => M['send'] | Promise<M['send']>): void {
    this.#answer = answerer as (question: unknown) => unknown;
  }

  /**
   * Ends the session and gives its slot back; resolves when the child has confirmed that the session is gone.
   * @throws CarpoolError SESSION_CLOSED when called twice, REQUEST_TIMEOUT when the child did not confirm in time
   */
  async unregister(): Promise<void> {
    const site = callSite(this.unregister);
    const now = this.#options.clock.now();
    if (this.#unregistered && this.#reason !== undefined) throw closedError('unregister', this.id, this.#reason, now, site);
    this.#unregistered = true;
    const reason: CloseReason = { by: 'unregister', at: now, words: 'by `unregister`' };
    const { closeTimeout } = this.#options;
    const { confirmed } = await this.#live.close(reason, closeTimeout);
    if (confirmed) return;
    throw new CarpoolError(
      'REQUEST_TIMEOUT',
      `Cannot unregister session ${this.id}: the child did not confirm its end within ${closeTimeout} ms, so its slot is not used again`,
      { context: { session: this.id, timeout: closeTimeout }, evidence: { messages: this.#live.recent.describe() }, site },
    );
  }

  /** As `unregister`, but harmless when the session has ended already. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#reason === undefined) await this.unregister();
  }

  /** The last messages of the session and the end of the child's stderr, for a report of a failing test. */
  async evidence(): Promise<Evidence> {
    return { ...(await this.#options.diagnose()), messages: this.#live.recent.describe() };
  }

  /** Every unasked message as raw frames from now on, instead of `events()`. For `pooledTransport`. */
  static tap<M extends Messages>(session: Session<M>, push: (frame: Frame) => void): void {
    session.#push = push;
    for (let frame = session.#events.shift(); frame !== undefined; frame = session.#events.shift()) push(frame);
  }

  get #live(): Conversation {
    if (this.#conversation === undefined) throw new CarpoolError('SESSION_REFUSED', 'The session is not open yet');
    return this.#conversation;
  }

  #call(
    message: unknown,
    site: CallSite,
    reject: (error: Error) => void,
    promise: Promise<Frame>,
    call: { reply(frame: Frame): void; step?(frame: Frame): void },
  ): () => void {
    const failed = (error: CarpoolError): void => {
      // The end of a test rejects what it left waiting. Nobody may be there to catch that, and it is no failure.
      if (error.code === 'SESSION_CLOSED') promise.catch(nothing);
      reject(errorAt(error, site));
    };
    try {
      return this.#live.request(Frame.of(message, this.#options.format), { ...call, failed });
    } catch (thrown) {
      const error = this.#thrownAt(thrown, site);
      if (error.code === 'SESSION_CLOSED') promise.catch(nothing);
      reject(error);
      return nothing;
    }
  }

  #settle(
    reply: Promise<Frame>,
    abandon: () => void,
    message: unknown,
    site: CallSite,
    options: RequestOptions,
  ): Promise<unknown> {
    const { clock, requestTimeout } = this.#options;
    const { timeout = requestTimeout, signal, expect } = options;
    const expired = (): Error => {
      abandon();
      return this.#timeout(describeRequest(message), timeout, site);
    };
    signal?.addEventListener('abort', abandon, { once: true });
    const decoded = within(reply, { clock, timeout, signal, expired }).then((frame) => {
      signal?.removeEventListener('abort', abandon);
      if (expect !== undefined) this.#checkExpected(frame, expect, message, site);
      return frame.message;
    });
    decoded.catch((error: CarpoolError) => error.code === 'SESSION_CLOSED' || this.#reason?.by === 'owner');
    return decoded;
  }

  #checkExpected(frame: Frame, expect: string, message: unknown, site: CallSite): void {
    const { type } = frame.fields(typeField);
    if (type === expect) return;
    const text = `The reply to ${describeRequest(message)} has type ${JSON.stringify(type)}, expected ${JSON.stringify(expect)}`;
    throw new CarpoolError('SESSION_REFUSED', text, { blame: 'child', evidence: { messages: [frame.toString()] }, site });
  }

  #onEvent(frame: Frame): void {
    if (this.#push !== undefined) {
      this.#push(frame);
    } else if (!this.#events.push(frame)) {
      if (this.#everRead) {
        const error = this.#overflow('events');
        const words = `because ${this.#events.capacity} events were unread`;
        const reason: CloseReason = { by: 'overflow', at: this.#options.clock.now(), words, error };
        void this.#live.close(reason, this.#options.closeTimeout);
        return;
      }
      // A test that never reads events must not die of them; whoever starts to read is told that some are missing.
      this.#dropped++;
      this.#events.shift();
      this.#events.push(frame);
    }
  }

  async #take(): Promise<Frame | undefined> {
    if (!this.#everRead) {
      this.#everRead = true;
      if (this.#dropped > 0) throw this.#overflow(`events, and the ${this.#dropped} before them were dropped`);
    }
    const frame = await this.#events.take().item;
    if (frame === undefined && this.#reason?.error !== undefined) throw this.#closedError('read events');
    return frame;
  }

  async #onAsk(frame: Frame, key: Key): Promise<void> {
    const { format } = this.#options;
    try {
      if (this.#answer === undefined) throw new CarpoolError('SESSION_REFUSED', 'The session answers no questions');
      this.#live.answer(key, Frame.of(await this.#answer(frame.message), format));
    } catch (thrown) {
      if (this.#reason !== undefined) return;
      const error = asCarpoolError(thrown, 'SESSION_REFUSED', 'The answer to a question of the child failed');
      const reason: CloseReason = { by: 'unregister', at: this.#options.clock.now(), words: 'because its answer failed', error };
      void this.#live.close(reason, this.#options.closeTimeout);
    }
  }

  #thrownAt(thrown: unknown, site: CallSite): CarpoolError {
    return errorAt(asCarpoolError(thrown, 'FRAME_MALFORMED', 'Cannot send'), site);
  }

  #closedError(call: string, site?: CallSite): CarpoolError {
    const reason = this.#reason ?? { by: 'hub' as const, at: this.#options.clock.now(), words: 'for no known reason' };
    return closedError(call, this.id, reason, this.#options.clock.now(), site);
  }

  #overflow(what: string): CarpoolError {
    const limit = this.#events.capacity;
    const message = `Session ${this.id} has ${limit} unread ${what}; read them, or raise \`maxUnreadEvents\``;
    return new CarpoolError('SESSION_OVERFLOW', message, { context: { session: this.id, limit } });
  }

  #timeout(request: string, timeout: number, site: CallSite): CarpoolError {
    const message = `No ${request === 'event' ? 'matching event' : `reply to ${request}`} within ${timeout} ms in session ${this.id} of pool "${this.pool}"`;
    const evidence = { messages: this.#live.recent.describe() };
    return new CarpoolError('REQUEST_TIMEOUT', message, { context: { session: this.id, timeout }, evidence, site });
  }
}

const typeField = ['type'] as const;

function describeRequest(message: unknown): string {
  const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
  return typeof type === 'string' ? `"${type}"` : 'the request';
}
