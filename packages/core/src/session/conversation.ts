/**
 * One isolated conversation, as callbacks: the push side of a session. What a user holds (`session.ts`) and what the
 * hub forwards (`hub/relay.ts`) both stand on it, so that a session is the same thing in process and across processes.
 */
import type { CancelSignal } from '../base/cancellation.ts';
import type { CarpoolError, Evidence } from '../base/errors.ts';
import { within } from '../base/wait.ts';
import type { Frame } from '../codec/frame.ts';
import type { Diagnostic, Key, Opened, WireId } from '../protocol/protocol.ts';
import type { Connection, Receiver, WaitingCalls } from './connection.ts';
import { Diagnostics } from './diagnostics.ts';
import { closedError, failClosed, notOpenError, type Ended } from './errors.ts';
import { endUnopened, openTimedOut, runClose, runOpen, type Exchanging } from './exchanges.ts';
import type { Incoming, LostRoute, OwnRoute } from './incoming.ts';
import { rootId, type Speaker } from './journal.ts';
import type { ConversationOptions } from './listener.ts';
import type { Outbox } from './outbox.ts';
import { joinedParts, type OwnIds } from './parts.ts';
import type { PendingCall, ReplyCallbacks } from './pending.ts';
import type { ConversationPort } from './protocol-port.ts';
import { endCalls, type Questions } from './questions.ts';
import { lostReason, unopenedReason, whyUnopened } from './reasons.ts';
import { Recent } from './recent.ts';
import type { SessionRecord } from './session-record.ts';
import { lateReason, type CloseReason, type Released, type SessionState } from './state.ts';
import { seenOn, unansweredEvidence, type Asking, type Seen } from './unanswered-evidence.ts';
import type { Waits } from './waits.ts';

/** For an end without a caller that says how long it may take. */
const failTimeout = 5_000;

export class Conversation implements Receiver, Ended, Exchanging, Asking {
  readonly recent: Recent;
  /** Absent: there is no transcript. */
  readonly record: SessionRecord | undefined;
  /** Whose it is. */
  readonly speaker: Speaker;
  readonly #connection: Connection;
  /** What the connection had seen before it. */
  readonly #before: Seen;
  readonly #options: ConversationOptions;
  readonly #outbox: Outbox;
  readonly #incoming: Incoming;
  readonly #ids: OwnIds;
  readonly #port: ConversationPort;
  readonly #diagnostics = new Diagnostics();
  readonly #questions: Questions;
  readonly #released = Promise.withResolvers<Released>();
  readonly released: Promise<Released> = this.#released.promise;
  #state: SessionState = { name: 'opening' };
  #opened: Opened | undefined;

  constructor(connection: Connection, options: ConversationOptions) {
    this.#options = options;
    this.#connection = connection;
    this.speaker = { id: options.id, holder: options.holder };
    this.#before = seenOn(connection);
    this.recent = new Recent(this.speaker, connection.journal);
    this.record = options.id === rootId ? undefined : connection.record?.(this.speaker, options);
    ({
      outbox: this.#outbox,
      port: this.#port,
      questions: this.#questions,
      incoming: this.#incoming,
      ids: this.#ids,
    } = joinedParts(connection, options, {
      name: this.speaker,
      receiver: this,
      recent: this.recent,
      record: this.record,
      state: () => this.#state.name,
      diagnosed: (diagnostic) => this.diagnose(diagnostic),
      beginsAnew: (route, frame) => this.#beginsAnew(route, frame),
      lost: (route) => this.#lost(route),
    }));
  }

  /** For messages, and for protocols in which the host chooses the id. */
  get id(): string {
    return this.speaker.id;
  }

  /** The ids of the child that are this session's. */
  get wireIds(): readonly WireId[] {
    return [...this.#ids.all];
  }

  get over(): boolean {
    return this.#state.name === 'closed';
  }

  /** For sentences. */
  get label(): string {
    return this.#port.label;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Where the other side of the connection gives the sessions their ids, this one has its own from now on. */
  rename(id: string): void {
    this.speaker.id = id;
  }

  /** What is known here of a call that gets no answer. */
  evidence(): Evidence {
    return unansweredEvidence(this, this.#connection, this.#before);
  }

  get calls(): WaitingCalls {
    return this.#outbox;
  }

  get waits(): Waits {
    return this.#port.waits;
  }

  /** For the protocol. */
  get port(): ConversationPort {
    return this.#port;
  }

  /** @throws CarpoolError SESSION_CLOSED, SESSION_REFUSED, FRAME_TOO_LARGE, FRAME_MALFORMED */
  send(frame: Frame): void {
    this.#checkOpen('send');
    this.#outbox.send(frame);
  }

  /**
   * Sends a request; `callbacks` get its steps and its reply.
   * @returns the call, for `abandon`
   * @throws as `send`; `callbacks` are not called then
   */
  request(frame: Frame, callbacks: ReplyCallbacks): PendingCall {
    this.#checkOpen('request');
    return this.#outbox.request(frame, callbacks);
  }

  /** Gives up a request: its reply will be dropped. */
  abandon(call: PendingCall): void {
    this.#outbox.abandon(call);
  }

  /** Answers a question of the child. */
  answer(key: Key, frame: Frame): void {
    this.#checkOpen('answer');
    this.#questions.answered(key);
    this.#outbox.answer(key, frame);
  }

  /**
   * The user does not answer a question of the child.
   * @param reason half a sentence
   * @returns false where the protocol has no message for it, so that the child waits for good
   */
  refuse(key: Key, reason: string): boolean {
    return this.#questions.refuse(key, reason);
  }

  /**
   * Ends the session, and resolves when the child has confirmed it or `timeout` milliseconds have passed. Pending calls
   * fail at once. A second call joins the first and changes nothing.
   * @param failed its test has failed: the child may be blocked
   */
  close(reason: CloseReason, timeout: number, failed = false): Promise<Released> {
    const { name } = this.#state;
    if (name === 'closed' || (name === 'closing' && !failed)) return this.released;
    // First: what `ends` decides depends on it.
    if (name !== 'closing') this.#become({ name: 'closing', reason });
    this.#options.ends?.(failed ? 'failed' : this.#outbox.waitingCalls > 0 ? 'unanswered' : undefined);
    if (name === 'closing') return this.released;
    const opened = this.#opened;
    // The end does not wait for what the gate still holds back.
    this.#outbox.gate = undefined;
    // What `open` may still read, it may still answer.
    const fault = endCalls(this.#outbox, opened && this.#questions, this.id);
    failClosed(this.#outbox.drain(), { ended: this, reason, now: this.#connection.clock.now() });
    this.#options.listener.closed(reason);
    // Still opening: `open` sees the state and ends it.
    if (opened !== undefined) void this.#closeProtocol(opened, reason, timeout, fault);
    return this.released;
  }

  /** Ends it because of something that arrived. */
  fail(reason: CloseReason): void {
    void this.close(reason, failTimeout);
  }

  /** Ends it at once: nothing is left there to confirm. While it opens, `open` fails, and the listener learns nothing. */
  abort(reason: CloseReason): void {
    const state = this.#state;
    if (state.name === 'closed') return;
    this.#questions.forget();
    this.#end(state.name === 'closing' ? state.reason : reason, true);
    failClosed(this.#outbox.drain(), { ended: this, reason, now: this.#connection.clock.now() });
    if (state.name === 'open') this.#options.listener.closed(reason);
  }

  /**
   * Runs the protocol's `open`, and resolves with what it returned.
   * @throws what `open` throws, SESSION_FAILED if it takes too long; `released` says when the slot is free
   */
  async open(timeout: number, signal?: CancelSignal): Promise<Opened> {
    const { protocol, clock } = this.#connection;
    const ended = (): Error =>
      closedError('open a session', this, (this.#state as { reason: CloseReason }).reason, clock.now());
    const open = runOpen(this, this.#connection, ended);
    const late = (opened: Opened): void => void this.#closeProtocol(opened, lateReason(clock.now()), timeout);
    let opened: Opened | undefined;
    try {
      opened = await within(open, { clock, timeout, signal, expired: () => openTimedOut(this, timeout), late });
      this.#ids.adopt(opened.wireId);
      this.#opened = opened;
      this.#outbox.wireId = opened.wireId;
      this.#outbox.gate = this.#state.name === 'opening' ? opened.gate : undefined;
    } catch (reported) {
      const state = this.#state;
      const thrown = whyUnopened(reported, state, protocol.name);
      const reason = state.name === 'closing' ? state.reason : unopenedReason(thrown, clock.now());
      this.record?.closing(reason);
      this.#port.giveUp(thrown);
      endCalls(this.#outbox, this.#questions, this.id);
      // Its id is another's: to close it would end the other one.
      if (opened !== undefined) this.#end(reason, false);
      endUnopened(this, clock, { open, timeout, end: (confirmed, failure) => this.#end(reason, confirmed, failure) });
      throw thrown;
    }
    const state = this.#state;
    if (state.name === 'opening') {
      const left = this.#port.drain();
      this.#state = { name: 'open' };
      this.record?.opened(opened, left);
      this.#questions.handOver(left);
      return opened;
    }
    if (state.name === 'closing') void this.#closeProtocol(opened, state.reason, timeout);
    throw ended();
  }

  receive(route: OwnRoute, frame: Frame): void {
    this.#incoming.receive(route, frame);
  }

  /** @param among where the child does not say which session it means: the ids of all that are open */
  diagnose(diagnostic: Diagnostic, among?: readonly string[]): void {
    if (this.#connection.diagnosed === 'keep' || diagnostic.fails === true) this.#diagnostics.add(diagnostic, among);
    else this.#connection.diagnosed?.(this.id, diagnostic);
  }

  #beginsAnew(route: LostRoute, frame: Frame): boolean {
    if (this.#state.name !== 'open' || this.#opened?.beginsAnew?.(frame) !== true) return false;
    if (route.gone) {
      const now = this.#connection.clock.now();
      const reason: CloseReason = { by: 'unregister', at: now, reason: 'to begin anew' };
      failClosed(this.#outbox.drainSent(), { ended: this, reason, now });
    }
    return true;
  }

  #lost(route: LostRoute): void {
    this.#port.markLost(route.gone);
    if (this.#state.name === 'closing' || this.#state.name === 'closed') return;
    const reason = lostReason(route, this, { opening: this.#opened === undefined, now: this.#connection.clock.now() });
    if (route.gone) this.abort(reason);
    else this.fail(reason);
  }

  /** @param fault what its protocol threw at the beginning of the end: reported with it */
  async #closeProtocol(opened: Opened, reason: CloseReason, timeout: number, fault?: CarpoolError): Promise<void> {
    const failure = await runClose(this, this.#connection, { opened, timeout });
    const late = endCalls(this.#outbox, this.#questions, this.id);
    // The host reports diagnostics after the child has confirmed.
    const confirmed = failure === undefined || failure.code === 'SESSION_DIAGNOSTICS';
    this.#end(reason, confirmed, failure ?? fault ?? late);
  }

  #end(reason: CloseReason, confirmed: boolean, failure?: CarpoolError): void {
    if (this.#state.name === 'closed') return;
    this.#become({ name: 'closed', reason, confirmed });
    // An unconfirmed session keeps its wire ids, so that what still comes for it is known and dropped.
    if (confirmed) this.#connection.forget(this.#ids.all);
    this.#port.end(reason);
    const own = this.#diagnostics.atEnd(this, reason, this.#connection.reportsEnd);
    this.#released.resolve({ confirmed, ...(confirmed ? { diagnosed: failure ?? own } : { failure, diagnosed: own }) });
  }

  #become(state: Extract<SessionState, { reason: CloseReason }>): void {
    this.#state = state;
    this.record?.ends(state);
  }

  #checkOpen(call: string): void {
    const state = this.#state;
    if (state.name !== 'open') throw notOpenError(call, this, { state, now: this.#connection.clock.now() });
  }
}
