/**
 * A session as its user holds it: promises for replies, one iterator for what comes unasked, `await using` for its end.
 * It is the same class in process and in a test worker; only the transport under its conversation differs.
 */
import { CarpoolError, asCarpoolError, callSite, errorAt, type CallSite, type Evidence } from '../base/errors.ts';
import { nextTurn } from '../base/natives.ts';
import { noop } from '../base/noop.ts';
import { onMachine } from '../base/on-machine.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { watchedCall } from '../base/watched-call.ts';
import { Frame } from '../codec/frame.ts';
import type { AnyMessages, Key, Messages } from '../protocol/protocol.ts';
import { addressOf } from './address.ts';
import type { Conversation } from './conversation.ts';
import type { Listener } from './listener.ts';
import { namesOf, none } from './call-options.ts';
import { closedError } from './errors.ts';
import { forwarded } from './forwarded.ts';
import { Inbox } from './inbox.ts';
import { boundedSteps, PendingInteraction, withId } from './interaction.ts';
import { lateCall, lateEnd, withEnd, withOwn } from './late-call.ts';
import type { OpenSession } from './open-session.ts';
import { pendingEvidence, type PendingEvidence } from './pending-evidence.ts';
import { describeRequest } from './request-label.ts';
import { sendMessage, sendRequest, type LateCalls, type Requester, type UserRequest } from './send-request.ts';
import { reasonOn, type CloseReason } from './state.ts';
import { checkTalks } from './silent.ts';
import { waitIn, type Wait } from './wait-limit.ts';
import type { CallOptions, Interaction, ReplyTo, RequestOf, RequestOptions, Session } from './types.ts';

interface EventCall extends CallOptions {
  readonly site: CallSite;
  /** Its rejection is no failure. */
  readonly quiet: () => void;
}

/**
 * Made before its conversation, whose `listener` it is; `bind` then completes it. What users may call is described in
 * `types.ts`.
 */
export class UserSession<M extends Messages = AnyMessages> implements Session<M> {
  readonly closed: Promise<CloseReason>;
  /** For its conversation. What comes before `bind` waits. */
  readonly listener: Listener;
  /** @internal Where its child is, if that is another machine than that of the run's own host: "ci-2 (10.0.0.6:7000)". */
  readonly machine: string | undefined;
  readonly #pool: string;
  readonly #clock: Clock;
  readonly #inbox: Inbox = new Inbox(() => this.id);
  #openSession: OpenSession | undefined;
  #requests: Requester | undefined;
  #resolveClosed!: (reason: CloseReason) => void;
  #reason: CloseReason | undefined;
  #answer: ((question: unknown) => unknown) | undefined;
  /** Questions from before the session was handed to its user, until `answer` is called. */
  #early: [Frame, Key][] = [];
  #unregistered = false;
  #interactions = 0;

  constructor(pool: string, clock: Clock, machine?: string) {
    this.#pool = pool;
    this.machine = machine;
    this.#clock = clock;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.listener = {
      event: (frame) => this.#onEvent(frame),
      ask: (frame, key) => {
        if (this.#openSession === undefined) this.#early.push([frame, key]);
        else void this.#onAsk(frame, key);
      },
      closed: (reason) => {
        this.#reason = reasonOn(reason, this.machine);
        this.#inbox.close();
        this.#resolveClosed(this.#reason);
      },
    };
  }

  /** The child has opened it. */
  bind(open: OpenSession): void {
    this.#openSession = open;
    this.#inbox.capacity = open.maxUnreadEvents;
  }

  get id(): string {
    return this.#live.id;
  }

  get pool(): string {
    return this.#openSession?.pool ?? this.#pool;
  }

  get hello(): unknown {
    return this.#open.hello;
  }

  get opened(): M['opened'] {
    return this.#open.opened;
  }

  get format(): string {
    return this.#open.format.name;
  }

  get closeReason(): CloseReason | undefined {
    return this.#reason;
  }

  send(message: M['send']): void {
    sendMessage(this.#requester, message, () => callSite(this.send));
  }

  request<const R extends RequestOf<M>>(message: R, options?: RequestOptions): Promise<ReplyTo<M, R>> {
    const site = callSite(this.request);
    if (options !== undefined) namesOf.request.check(options, site);
    return sendRequest(this.#requester, { message, options: options ?? none, site }) as Promise<ReplyTo<M, R>>;
  }

  interact(
    message: M['interact']['request'],
    options: CallOptions = none,
  ): Interaction<M['interact']['step'], M['interact']['reply']> {
    const site = callSite(this.interact);
    namesOf.interact.check(options, site);
    const overflow = (error: CarpoolError): CarpoolError => onMachine(error, this.machine);
    const { steps, step, full } = boundedSteps(this.id, { site, capacity: this.#open.maxUnreadEvents, overflow });
    const signal = options.signal === undefined ? full : AbortSignal.any([options.signal, full]);
    const { id, request } = withId(message, this.#open.naming.idField, () => `i${++this.#interactions}`);
    const response = sendRequest(this.#requester, { message: request, options: { ...options, signal }, site, step });
    const call = this.#open.calls?.add({
      what: () => `the response to ${describeRequest(message, this.#open.naming.labelFields)} of session ${this.id}`,
      site,
      signal: options.signal,
    });
    return new PendingInteraction(id, steps, response, call) as Interaction<
      M['interact']['step'],
      M['interact']['reply']
    >;
  }

  async *events(): AsyncGenerator<M['event'], void, undefined> {
    checkTalks(this.#open, this.events);
    const site = callSite(this.events);
    for await (const frame of this.#inbox.read(() => ({ since: this.#clock.now(), site, loop: true })))
      yield frame.message as M['event'];
    if (this.#reason?.error !== undefined) throw this.#closedError('read events');
  }

  event(matches?: (event: M['event']) => boolean, options: CallOptions = none): Promise<M['event']> {
    checkTalks(this.#open, this.event);
    const site = callSite(this.event);
    namesOf.event.check(options, site);
    const { calls } = this.#open;
    // As with requests: the end of a test may reject what nothing catches.
    const quiet = (): void => void event.catch(noop);
    const event: Promise<M['event']> = this.#nextEvent(matches, { ...options, site, quiet });
    return calls === undefined
      ? event
      : watchedCall(event, calls.add({ what: () => `an event of session ${this.id}`, site, signal: options.signal }));
  }

  onMessage(handler: (message: Record<string, unknown>) => void): void {
    checkTalks(this.#open, this.onMessage);
    const unreadable = (error: CarpoolError): void =>
      this.#end('child', 'because of a message that cannot be read', error);
    this.#inbox.forwardTo(forwarded(handler, unreadable));
  }

  answer(answerer: (question: M['event']) => M['send'] | Promise<M['send']>): void {
    checkTalks(this.#open, this.answer);
    this.#answer = answerer as (question: unknown) => unknown;
    for (const [frame, key] of this.#early.splice(0)) void this.#onAsk(frame, key);
  }

  async address(): Promise<string> {
    const site = callSite(this.address);
    if (this.#reason !== undefined) throw this.#closedError('make an address', site);
    return await addressOf(this.#open, site, this.machine);
  }

  async unregister(): Promise<void> {
    const site = callSite(this.unregister);
    const now = this.#clock.now();
    if (this.#unregistered && this.#reason !== undefined) throw this.#closedError('unregister', site);
    this.#unregistered = true;
    const reason: CloseReason = { by: 'unregister', at: now, reason: 'by `unregister`' };
    const { confirmed, failure, diagnosed } = await this.#live.close(reason, this.#open.closeTimeout);
    if (confirmed && diagnosed === undefined) return;
    const error = (confirmed ? diagnosed : undefined) ?? lateEnd(this.#open, failure);
    throw onMachine(errorAt(error, site), this.machine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#reason === undefined) await this.unregister();
    // No call of a session without messages fails with the end of its server.
    else if (this.#openSession?.silent === true && this.#reason.by === 'child' && this.#openSession.hasOwner !== true)
      throw this.#closedError('go on');
  }

  /** @internal Before its owner ends it. @param left takes requests without a reply, whose failure nothing handles. @param late later calls */
  reportLeft(left: (request: UserRequest) => void, late: LateCalls): void {
    if (this.#openSession !== undefined && this.#reason === undefined) Object.assign(this.#requester, { left, late });
  }

  /** @internal Of loops that wait for its events. */
  get loops(): readonly CallSite[] {
    return this.#inbox.waiters.flatMap(({ loop, site }) => (loop === true ? site : []));
  }

  /** @internal As `PoolOptions` has it. */
  get leaks(): 'warn' | 'fail' | false {
    return this.#openSession?.leaks ?? 'warn';
  }

  async evidence(failed = false): Promise<Evidence & PendingEvidence> {
    const silence = this.#open.hostSilence?.();
    // In this process the child may have printed before it answered, and the pipes are read in any order.
    await nextTurn();
    const known = silence === undefined ? await this.#open.diagnose(failed) : { silence };
    const pending = pendingEvidence(this.#live.calls.unanswered, this.#inbox.waiters, this.#clock.now());
    return { ...withOwn(this.#live, withEnd(known, this.#reason)), pending };
  }

  get #open(): OpenSession {
    if (this.#openSession === undefined) throw new CarpoolError('SESSION_MISUSED', 'The session is not open yet');
    return this.#openSession;
  }

  get #live(): Conversation {
    return this.#open.conversation;
  }

  get #requester(): Requester {
    this.#requests ??= {
      open: this.#open,
      clock: this.#clock,
      machine: this.machine,
      expired: ({ label, wait, site }) => this.#timeout(`reply to ${label}`, wait, site),
    };
    return this.#requests;
  }

  async #nextEvent(matches: ((event: M['event']) => boolean) | undefined, options: EventCall): Promise<M['event']> {
    const clock = this.#clock;
    const { signal, site, quiet } = options;
    const wait = waitIn(this.#open, options.timeout);
    signal?.throwIfAborted(); // before an event is taken that would be lost
    const tooLate = new Error('too late');
    const wanted = matches === undefined ? undefined : (frame: Frame): boolean => matches(frame.message as M['event']);
    const taking = this.#inbox.take(wanted, { since: clock.now(), site });
    try {
      const late = (frame: Frame | undefined): void => frame && this.#inbox.giveBack(frame);
      const frame = await within(taking.item, { clock, timeout: wait.timeout, signal, expired: () => tooLate, late });
      if (frame !== undefined) return frame.message as M['event'];
    } catch (thrown) {
      if (thrown !== tooLate) throw thrown;
      taking.stop();
      throw await this.#timeout('matching event', wait, site);
    } finally {
      taking.stop();
    }
    const error = this.#closedError('wait for an event', site);
    if (error.code === 'SESSION_CLOSED') quiet();
    throw error;
  }

  #onEvent(frame: Frame): void {
    const error = this.#inbox.receive(frame);
    if (error !== undefined) this.#end('overflow', 'because its events were not read', error);
  }

  async #onAsk(frame: Frame, key: Key): Promise<void> {
    const { format } = this.#open;
    try {
      if (this.#answer === undefined) {
        if (this.#live.refuse(key, 'the session answers no questions')) return;
        throw new CarpoolError('SESSION_REFUSED', 'The session answers no questions');
      }
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
    return onMachine(closedError(call, this.#live, reason, this.#clock.now(), site), this.machine);
  }

  #timeout(what: string, wait: Wait, site: CallSite): CarpoolError | Promise<CarpoolError> {
    return lateCall({ open: this.#open, clock: this.#clock, of: this, what, wait, site });
  }
}
