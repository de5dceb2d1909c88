/**
 * A session as its user holds it: promises for replies, one iterator for what comes unasked, `await using` for its end.
 * It is the same class in process and in a test worker; only the transport under its conversation differs.
 */
import { CarpoolError, asCarpoolError, callSite, type CallSite, type Evidence } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { Mailbox } from '../base/mailbox.ts';
import { within } from '../base/wait.ts';
import { Frame } from '../codec/frame.ts';
import type { AnyMessages, Key, Messages } from '../protocol/protocol.ts';
import { sendRequest, type RequestCall } from './send-request.ts';
import type { Conversation } from './conversation.ts';
import type { OpenSession, Nascent } from './ground.ts';
import { Inbox } from './inbox.ts';
import { Interaction } from './interaction.ts';
import { closedError, type CloseReason } from './state.ts';
import { describeRequest, sendError } from './request.ts';
import type { CallOptions, ReplyTo, RequestOf, RequestOptions } from './types.ts';

interface Listening extends CallOptions {
  readonly site: CallSite;
  /** Its rejection is no failure. */
  readonly quiet: () => void;
}

const nothing = (): void => {};

/** One isolated conversation with the child. It belongs to the test that registered it. */
export class Session<M extends Messages = AnyMessages> implements AsyncDisposable {
  /** Resolves when the session has ended, with who ended it and why. Never rejects. */
  readonly closed: Promise<CloseReason>;
  readonly pool: string;
  readonly #clock: Clock;
  readonly #inbox: Inbox;
  #ground: OpenSession | undefined;
  #resolveClosed!: (reason: CloseReason) => void;
  #reason: CloseReason | undefined;
  #answer: ((question: unknown) => unknown) | undefined;
  #unregistered = false;

  private constructor(pool: string, clock: Clock) {
    this.pool = pool;
    this.#clock = clock;
    this.#inbox = new Inbox(() => this.id);
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  /** For whoever opens sessions; users call `register`. */
  static nascent<M extends Messages>(pool: string, clock: Clock): Nascent<M> {
    const session = new Session<M>(pool, clock);
    const bound = Promise.withResolvers<void>();
    return {
      session,
      listener: {
        event: (frame) => session.#onEvent(frame),
        ask: (frame, key) => void bound.promise.then(() => session.#onAsk(frame, key)),
        closed: (reason) => {
          session.#reason = reason;
          session.#inbox.close();
          session.#resolveClosed(reason);
        },
      },
      bind: (ground) => {
        session.#ground = ground;
        session.#inbox.capacity = ground.maxUnreadEvents;
        bound.resolve();
      },
    };
  }

  get id(): string {
    return this.#live.id;
  }

  /** What the child said of itself when it started. */
  get hello(): unknown {
    return this.#open.hello;
  }

  /** The name of the format its messages are written in: "msgpack", "json", … */
  get format(): string {
    return this.#open.format.name;
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
      this.#live.send(Frame.of(message, this.#open.format));
    } catch (thrown) {
      throw sendError(thrown, callSite(this.send));
    }
  }

  /**
   * Sends a request and resolves with its reply, decoded.
   * @throws CarpoolError as `send`, and REQUEST_TIMEOUT, SESSION_FAILED, CHILD_EXITED
   */
  request<const R extends RequestOf<M>>(message: R, options: RequestOptions = {}): Promise<ReplyTo<M, R>> {
    const site = callSite(this.request);
    return this.#ask(message, { ...options, site }) as Promise<ReplyTo<M, R>>;
  }

  /** Sends a request whose reply is preceded by steps: iterate the result for the steps, await it for the response. */
  interact(
    message: M['interact']['request'],
    options: CallOptions = {},
  ): Interaction<M['interact']['step'], M['interact']['reply']> {
    const site = callSite(this.interact);
    const steps = new Mailbox<Frame>(this.#open.maxUnreadEvents);
    const full = new AbortController();
    const step = (frame: Frame): void => {
      if (steps.push(frame)) return;
      const message = `An interaction of session ${this.id} has ${steps.capacity} unread steps. Read them as they come`;
      full.abort(
        new CarpoolError('SESSION_OVERFLOW', message, { scope: 'call', context: { limit: steps.capacity }, site }),
      );
    };
    const signal = options.signal === undefined ? full.signal : AbortSignal.any([options.signal, full.signal]);
    const response = this.#ask(message, { ...options, signal, step, site });
    return new Interaction(steps, response) as Interaction<M['interact']['step'], M['interact']['reply']>;
  }

  /**
   * What the child sends unasked, in order. Leaving the loop keeps the rest for the next one. Only one loop at a time.
   * @throws CarpoolError in the loop: SESSION_OVERFLOW if events were dropped before the first read, or what ended the
   * session unless it was its user
   */
  async *events(): AsyncGenerator<M['event'], void, undefined> {
    for await (const frame of this.#inbox.read()) yield frame.message as M['event'];
    if (this.#reason?.error !== undefined) throw this.#closedError('read events');
  }

  /** The next unasked message for which `matches` is true; the others stay for later. */
  event(matches?: (event: M['event']) => boolean, options: CallOptions = {}): Promise<M['event']> {
    const site = callSite(this.event);
    // As with requests: nobody may be there to catch what the end of a test rejects.
    const quiet = (): void => void event.catch(nothing);
    const event: Promise<M['event']> = this.#nextEvent(matches, { ...options, site, quiet });
    return event;
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
    const now = this.#clock.now();
    if (this.#unregistered && this.#reason !== undefined)
      throw closedError('unregister', this.#live, this.#reason, now, site);
    this.#unregistered = true;
    const reason: CloseReason = { by: 'unregister', at: now, reason: 'by `unregister`' };
    const { closeTimeout } = this.#open;
    const { confirmed } = await this.#live.close(reason, closeTimeout);
    if (confirmed) return;
    throw new CarpoolError(
      'REQUEST_TIMEOUT',
      `Cannot unregister session ${this.id}: the child did not confirm its end within ${closeTimeout} ms, so its slot is not used again`,
      {
        context: { session: this.id, timeout: closeTimeout },
        evidence: { messages: this.#live.recent.describe() },
        site,
      },
    );
  }

  /** As `unregister`, but harmless when the session has ended already. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#reason === undefined) await this.unregister();
  }

  /** The last messages of the session and the end of the child's stderr, for a report of a failing test. */
  async evidence(): Promise<Evidence> {
    return { ...(await this.#open.diagnose()), messages: this.#live.recent.describe() };
  }

  /** Every unasked message as raw frames from now on, instead of `events()`. For `pooledTransport`. */
  static tap<M extends Messages>(session: Session<M>, push: (frame: Frame) => void): void {
    session.#inbox.tap(push);
  }

  get #open(): OpenSession {
    if (this.#ground === undefined) throw new CarpoolError('SESSION_REFUSED', 'The session is not open yet');
    return this.#ground;
  }

  get #live(): Conversation {
    return this.#open.conversation;
  }

  #ask(message: unknown, options: RequestCall): Promise<unknown> {
    const { timeout = this.#open.requestTimeout } = options;
    const expired = (): CarpoolError => this.#timeout(`reply to ${describeRequest(message)}`, timeout, options.site);
    return sendRequest(this.#open, message, { ...options, timeout, clock: this.#clock, expired });
  }

  async #nextEvent(matches: ((event: M['event']) => boolean) | undefined, options: Listening): Promise<M['event']> {
    const clock = this.#clock;
    const { timeout = this.#open.requestTimeout, signal, site, quiet } = options;
    signal?.throwIfAborted(); // before an event is taken that nobody would get
    const expired = (): Error => this.#timeout('matching event', timeout, site);
    const wanted = matches === undefined ? undefined : (frame: Frame): boolean => matches(frame.message as M['event']);
    const taking = this.#inbox.take(wanted);
    try {
      const late = (frame: Frame | undefined): void => frame && this.#inbox.giveBack(frame);
      const frame = await within(taking.item, { clock, timeout, signal, expired, late });
      if (frame !== undefined) return frame.message as M['event'];
    } finally {
      taking.stop();
    }
    const error = this.#closedError('wait for an event', site);
    if (error.code === 'SESSION_CLOSED') quiet();
    throw error;
  }

  #onEvent(frame: Frame): void {
    const error = this.#inbox.receive(frame);
    if (error === undefined) return;
    this.#end('overflow', 'because its events were not read', error);
  }

  async #onAsk(frame: Frame, key: Key): Promise<void> {
    const { format } = this.#open;
    try {
      if (this.#answer === undefined) throw new CarpoolError('SESSION_REFUSED', 'The session answers no questions');
      this.#live.answer(key, Frame.of(await this.#answer(frame.message), format));
    } catch (thrown) {
      if (this.#reason !== undefined) return;
      const error = asCarpoolError(thrown, 'SESSION_REFUSED', 'The answer to a question of the child failed');
      this.#end('unregister', 'because its answer failed', error);
    }
  }

  #end(by: CloseReason['by'], message: string, error: CarpoolError): void {
    void this.#live.close({ by, at: this.#clock.now(), reason: message, error }, this.#open.closeTimeout);
  }

  #closedError(call: string, site?: CallSite): CarpoolError {
    const reason = this.#reason ?? { by: 'hub' as const, at: this.#clock.now(), reason: 'for no known reason' };
    return closedError(call, this.#live, reason, this.#clock.now(), site);
  }

  #timeout(what: string, timeout: number, site: CallSite): CarpoolError {
    const message = `No ${what} within ${timeout} ms in session ${this.id} of pool "${this.pool}"`;
    const evidence = { messages: this.#live.recent.describe() };
    return new CarpoolError('REQUEST_TIMEOUT', message, { context: { session: this.id, timeout }, evidence, site });
  }
}
