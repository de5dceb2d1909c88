/**
 * One isolated conversation, as callbacks: the push side of a session. What a user holds (`session.ts`) and what the
 * hub forwards (`hub/relay.ts`) both stand on it, so that a session is the same thing in process and across processes.
 */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import type { Frame } from '../codec/frame.ts';
import type { Addressed, Gate, Key, Messages, Opened, Outgoing, Protocol, Refusal, Route, WireId } from '../protocol/protocol.ts';
import { Pending, type Call } from './pending.ts';
import { ConversationPort } from './port.ts';
import { Recent } from './recent.ts';
import { closedError, type CloseReason, type SessionState } from './state.ts';

/** What a conversation needs of the connection it is on. */
export interface Connection {
  readonly protocol: Protocol<Messages>;
  readonly clock: Clock;
  readonly root: Conversation;
  /** @throws CarpoolError FRAME_TOO_LARGE, FRAME_MALFORMED, SESSION_OVERFLOW */
  transmit(frame: Frame): void;
  frameOf(message: unknown): Frame;
  nextCall(): number;
  adopt(wireId: WireId, conversation: Conversation): void;
  forget(wireIds: Iterable<WireId>): void;
}

/** Who listens. Handed over when the conversation begins, so that nothing precedes it. */
export interface Listener {
  event(frame: Frame): void;
  ask(frame: Frame, key: Key): void;
  /** Once. Later calls meet the reason by themselves. */
  closed(reason: CloseReason): void;
}

/** How a conversation ended for the child. `confirmed: false`: nobody knows what is left there. */
export interface Released {
  readonly confirmed: boolean;
}

interface Dispatch {
  readonly outgoing: Outgoing;
  readonly call: Call | undefined;
  /** Set once it was sent: what its caller's `abandon` then does. */
  abandon?: () => void;
}

const maxPending = 65_536;

export class Conversation {
  /** For people and for protocols in which the host chooses the id. */
  readonly id: string;
  readonly recent: Recent = new Recent();
  readonly released: Promise<Released>;
  readonly #connection: Connection;
  readonly #listener: Listener;
  readonly #pending = new Pending();
  readonly #wireIds = new Set<WireId>();
  readonly #port: ConversationPort;
  readonly #owns = (wireId: WireId): boolean => this.#wireIds.has(wireId);
  #resolveReleased!: (released: Released) => void;
  #state: SessionState = { name: 'opening' };
  #wireId: WireId | undefined;
  #gate: Gate | undefined;
  #held: Dispatch[] = [];
  #opened: Opened | undefined;

  constructor(connection: Connection, id: string, listener: Listener, params?: unknown) {
    this.#connection = connection;
    this.id = id;
    this.#listener = listener;
    this.#port = new ConversationPort(this, connection, id, params);
    this.released = new Promise((resolve) => (this.#resolveReleased = resolve));
  }

  get state(): SessionState {
    return this.#state;
  }

  get wireId(): WireId | undefined {
    return this.#wireId;
  }

  /** Requests that wait for their reply. */
  get pending(): number {
    return this.#pending.size;
  }

  get port(): ConversationPort {
    return this.#port;
  }

  // ── the user's side ────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws CarpoolError SESSION_CLOSED, SESSION_REFUSED, FRAME_TOO_LARGE, FRAME_MALFORMED */
  send(frame: Frame): void {
    this.#checkOpen('send');
    this.dispatch('send', frame);
  }

  /**
   * Sends a request; `call` learns what becomes of it. The result abandons it: its reply will be dropped.
   * @throws as `send`; `call` is not told then
   */
  request(frame: Frame, call: Call): () => void {
    this.#checkOpen('request');
    return this.dispatch('request', frame, call);
  }

  /** Answers a question of the child. */
  answer(key: Key, frame: Frame): void {
    this.#checkOpen('answer');
    this.dispatch('answer', frame, undefined, key);
  }

  /** Sends in any state but closed: what `open` and `close` of a protocol say. */
  dispatch(kind: Outgoing['kind'], frame: Frame, call?: Call, key?: Key): () => void {
    if (this.#state.name === 'closed') {
      throw closedError('send', this.id, this.#state.reason, this.#connection.clock.now());
    }
    if (this.#pending.size >= maxPending) {
      const message = `Cannot send: ${maxPending} requests of session ${this.id} wait for their reply`;
      throw new CarpoolError('SESSION_OVERFLOW', message, { context: { session: this.id, limit: maxPending } });
    }
    const number = kind === 'request' ? this.#connection.nextCall() : 0;
    const base = { kind, frame, wireId: this.#wireId ?? this.#port.speaksAs, call: number, owns: this.#owns };
    const outgoing: Outgoing = key === undefined ? base : { ...base, key };
    const dispatch: Dispatch = { outgoing, call };
    // The end does not wait for what the child would still have to take.
    if (this.#gate !== undefined && this.#state.name === 'open' && !this.#gate.admits(frame)) {
      this.#held.push(dispatch);
      return () => {
        dispatch.abandon?.();
        this.#held = this.#held.filter((other) => other !== dispatch);
      };
    }
    const abandon = this.#transmit(dispatch);
    if (this.#held.length > 0) this.#releaseHeld();
    return abandon;
  }

  /**
   * Ends the session, and resolves when the child has confirmed it or `timeout` milliseconds have passed. Pending calls
   * fail at once. A second call joins the first and changes nothing.
   */
  close(reason: CloseReason, timeout: number): Promise<Released> {
    if (this.#state.name === 'closed' || this.#state.name === 'closing') return this.released;
    const opened = this.#opened;
    this.#state = { name: 'closing', reason };
    this.#failPending(reason);
    this.#listener.closed(reason);
    if (opened === undefined) return this.released; // still opening: `opening` sees the state and ends it
    void this.#farewell(opened, reason, timeout);
    return this.released;
  }

  /** It is over, at once: the child is gone, or the connection to it. Nothing is left there to confirm. */
  abort(reason: CloseReason): void {
    if (this.#state.name === 'closed') return;
    const told = this.#state.name === 'closing';
    this.#end(told ? (this.#state as { reason: CloseReason }).reason : reason, true);
    this.#failPending(reason);
    if (!told) this.#listener.closed(reason);
  }

  // ── the mux's side ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs the protocol's `open`. Rejects if it fails, or not in time; `released` says when its slot is free. */
  async opening(timeout: number, signal?: AbortSignal): Promise<void> {
    const { protocol, clock } = this.#connection;
    const opening = Promise.resolve().then(() => protocol.open?.(this.#port) ?? defaultOpened(this.id));
    const expired = (): Error =>
      new CarpoolError('SESSION_FAILED', `Cannot open session ${this.id}: the child did not answer within ${timeout} ms`, {
        context: { session: this.id, timeout },
        evidence: { messages: this.recent.describe() },
      });
    const late = (opened: Opened): void => void this.#farewell(opened, lateReason(clock.now()), timeout);
    try {
      const opened = await within(opening, { clock, timeout, signal, expired, late });
      this.adopt(opened.wireId);
      this.#wireId = opened.wireId;
      this.#opened = opened;
      this.#gate = opened.gate;
    } catch (thrown) {
      const reason = this.#reasonOr(thrown);
      this.#port.giveUp(thrown);
      // Refused: nothing was opened. Too late: the child may still open it, so `late` gets as long again.
      opening.catch(() => this.#end(reason, true));
      clock.after(timeout, () => this.#end(reason, false)).unref();
      throw thrown;
    }
    const state = this.#state;
    if (state.name === 'opening') {
      this.#state = { name: 'open' };
      for (const early of this.#port.drain()) this.#listener.event(early);
    } else {
      if (state.name === 'closing') void this.#farewell(this.#opened, state.reason, timeout);
      throw closedError('open it', this.id, (state as { reason: CloseReason }).reason, clock.now());
    }
  }

  adopt(wireId: WireId): void {
    this.#wireIds.add(wireId);
    this.#connection.adopt(wireId, this);
  }

  receive(route: Exclude<Route, { as: 'unknown' }>, frame: Frame): void {
    this.recent.add('in', ('frame' in route ? route.frame : undefined) ?? frame, frame.bytes.length);
    this.#gate?.received(frame);
    switch (route.as) {
      case 'event':
        this.#deliver(route.frame ?? frame);
        break;
      case 'reply':
        this.#reply(route.key, route.frame ?? frame);
        break;
      case 'step': {
        const pending = this.#pending.peek(route.key);
        if (pending === undefined) this.#deliver(route.frame ?? frame);
        else if (!pending.abandoned) (pending.call.step ?? pending.call.reply).call(pending.call, route.frame ?? frame);
        break;
      }
      case 'refusal':
        this.#refuse(route.key, route.refusal, frame);
        break;
      case 'ask':
        if (this.#state.name === 'open') this.#listener.ask(route.frame ?? frame, route.key);
        break;
      case 'lost':
        this.#lost(route);
        break;
    }
    if (this.#held.length > 0) this.#releaseHeld();
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #transmit(dispatch: Dispatch): () => void {
    const { outgoing, call } = dispatch;
    const { protocol } = this.#connection;
    const addressed: Addressed = protocol.address(outgoing);
    this.#connection.transmit(addressed.frame);
    this.recent.add('out', outgoing.frame, addressed.frame.bytes.length);
    this.#gate?.sent(outgoing.frame);
    if (call === undefined) return nothing;
    const pending = this.#pending.add(addressed.key ?? String(outgoing.call), call);
    const abandon = (): void => {
      if (pending.abandoned) return;
      pending.abandoned = true;
      const cancel = protocol.cancel?.(this.#wireId, pending.key);
      if (cancel !== undefined && this.#state.name !== 'closed') this.#connection.transmit(cancel);
    };
    dispatch.abandon = abandon;
    return abandon;
  }

  /** Sends what the gate admits now, oldest first; each message sent may admit others. */
  #releaseHeld(): void {
    for (;;) {
      const at = this.#held.findIndex(({ outgoing }) => this.#gate?.admits(outgoing.frame) !== false);
      const dispatch = this.#held.splice(at, at < 0 ? 0 : 1)[0];
      if (dispatch === undefined) return;
      try {
        this.#transmit(dispatch);
      } catch (thrown) {
        dispatch.call?.failed(asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send'));
      }
    }
  }

  #reply(key: Key, frame: Frame): void {
    const pending = this.#pending.take(key);
    // A reply to nothing is an event: a runtime that writes its own ids (`pooledTransport`) reads it there.
    if (pending === undefined) this.#deliver(frame);
    else if (!pending.abandoned) pending.call.reply(frame);
  }

  #refuse(key: Key, refusal: Refusal, frame: Frame): void {
    const pending = this.#pending.take(key);
    if (pending === undefined) this.#deliver(frame);
    else if (!pending.abandoned) pending.call.failed(refused(refusal, this.id));
  }

  #deliver(frame: Frame): void {
    if (this.#state.name === 'open') this.#listener.event(frame);
    else this.#port.offer(frame);
  }

  #lost(route: Extract<Route, { as: 'lost' }>): void {
    this.#port.markLost(route.gone);
    if (this.#state.name === 'closing' || this.#state.name === 'closed') return;
    const { by = 'child', words = 'by the child' } = route;
    const error = by === 'child' || route.refusal !== undefined ? this.#lostError(route.refusal) : undefined;
    const reason: CloseReason = { by, at: this.#connection.clock.now(), words, error };
    if (route.gone) this.abort(reason);
    else void this.close(reason, 5_000);
  }

  async #farewell(opened: Opened | undefined, reason: CloseReason, timeout: number): Promise<void> {
    const expired = (): Error => new Error('not confirmed');
    const closing = Promise.resolve().then(() => opened?.close(this.#port));
    const confirmed = await within(closing, { clock: this.#connection.clock, timeout, expired }).then(
      () => true,
      () => false,
    );
    this.#end(reason, confirmed);
  }

  #end(reason: CloseReason, confirmed: boolean): void {
    if (this.#state.name === 'closed') return;
    this.#state = { name: 'closed', reason, confirmed };
    // An unconfirmed session keeps its wire ids, so that what still comes for it is known and dropped.
    if (confirmed) this.#connection.forget(this.#wireIds);
    this.#port.end(reason);
    this.#resolveReleased({ confirmed });
  }

  #failPending(reason: CloseReason): void {
    const { clock } = this.#connection;
    const held = this.#held.splice(0).map((dispatch) => dispatch.call);
    const waiting = this.#pending.drain().map((pending) => (pending.abandoned ? undefined : pending.call));
    for (const call of [...waiting, ...held]) call?.failed(closedError('wait for a reply', this.id, reason, clock.now()));
  }

  #lostError(refusal: Refusal | undefined): CarpoolError {
    if (refusal?.error !== undefined) return refusal.error as CarpoolError;
    const code = refusal?.code === undefined ? '' : ` (${refusal.code})`;
    const words = refusal === undefined ? 'it gave no reason' : refusal.words;
    return new CarpoolError('SESSION_FAILED', `The child ended session ${this.id}${code}: ${words}`, {
      context: { session: this.id, ...(refusal?.code === undefined ? {} : { childCode: refusal.code }) },
      evidence: { messages: this.recent.describe() },
    });
  }

  #checkOpen(call: string): void {
    const state = this.#state;
    if (state.name === 'open') return;
    if (state.name !== 'opening') throw closedError(call, this.id, state.reason, this.#connection.clock.now());
    throw new CarpoolError('SESSION_REFUSED', `Cannot ${call}: session ${this.id} is not open yet`);
  }

  #reasonOr(thrown: unknown): CloseReason {
    if (this.#state.name === 'closing') return this.#state.reason;
    const error = thrown as CarpoolError;
    return { by: 'child', at: this.#connection.clock.now(), words: 'because it could not be opened', error };
  }
}

function nothing(): void {}

function defaultOpened(id: string): Opened {
  return { wireId: id, close: () => {} };
}

function lateReason(now: number): CloseReason {
  return { by: 'pool', at: now, words: 'because it opened too late' };
}

function refused(refusal: Refusal, session: string): CarpoolError {
  if (refusal.error !== undefined) return refusal.error as CarpoolError;
  const code = refusal.code === undefined ? '' : ` (${refusal.code})`;
  const context = { session, ...(refusal.code === undefined ? {} : { childCode: refusal.code }) };
  return new CarpoolError('SESSION_REFUSED', `The child refused the request${code}: ${refusal.words}`, {
    blame: 'child',
    context,
  });
}
