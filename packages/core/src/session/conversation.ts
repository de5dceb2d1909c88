/**
 * One isolated conversation, as callbacks: the push side of a session. What a user holds (`session.ts`) and what the
 * hub forwards (`hub/relay.ts`) both stand on it, so that a session is the same thing in process and across processes.
 */
import { CarpoolError } from '../base/errors.ts';
import { within } from '../base/wait.ts';
import type { Frame } from '../codec/frame.ts';
import type { Key, Opened, Route, WireId } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import { Outbox, type OutgoingMessage } from './outbox.ts';
import type { ReplyCallbacks } from './pending.ts';
import { ConversationPort } from './port.ts';
import { Recent } from './recent.ts';
import { lostError, refusedError } from './refusal.ts';
import { closedError, type CloseReason, type SessionState } from './state.ts';

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

/** For an end that nobody asked for, so that nobody said how long it may take. */
const failTimeout = 5_000;

export class Conversation {
  /** For people and for protocols in which the host chooses the id. */
  readonly id: string;
  readonly recent: Recent = new Recent();
  readonly released: Promise<Released>;
  readonly #connection: Connection;
  readonly #listener: Listener;
  readonly #outbox: Outbox;
  readonly #wireIds = new Set<WireId>();
  readonly #port: ConversationPort;
  #resolveReleased!: (released: Released) => void;
  #state: SessionState = { name: 'opening' };
  #opened: Opened | undefined;

  constructor(connection: Connection, id: string, listener: Listener, params?: unknown) {
    this.#connection = connection;
    this.id = id;
    this.#listener = listener;
    this.#port = new ConversationPort(this, connection, id, params);
    this.#outbox = new Outbox(connection, id, this.recent, (wireId) => this.#wireIds.has(wireId));
    this.released = new Promise((resolve) => (this.#resolveReleased = resolve));
  }

  /** For sentences. */
  get label(): string {
    return this.#port.isRoot ? 'the connection' : `session ${this.id}`;
  }

  get state(): SessionState {
    return this.#state;
  }

  get port(): ConversationPort {
    return this.#port;
  }

  // ── the user's side ────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws CarpoolError SESSION_CLOSED, SESSION_REFUSED, FRAME_TOO_LARGE, FRAME_MALFORMED */
  send(frame: Frame): void {
    this.#checkOpen('send');
    this.dispatch({ kind: 'send', frame });
  }

  /**
   * Sends a request; `call` learns what becomes of it. The result abandons it: its reply will be dropped.
   * @throws as `send`; `call` is not told then
   */
  request(frame: Frame, call: ReplyCallbacks): () => void {
    this.#checkOpen('request');
    return this.dispatch({ kind: 'request', frame, call });
  }

  /** Answers a question of the child. */
  answer(key: Key, frame: Frame): void {
    this.#checkOpen('answer');
    this.dispatch({ kind: 'answer', frame, key });
  }

  /** Sends in any state but closed: what `open` and `close` of a protocol say. Throws and returns as `request`. */
  dispatch(letter: OutgoingMessage): () => void {
    const state = this.#state;
    if (state.name === 'closed') throw closedError('send', this, state.reason, this.#connection.clock.now());
    return this.#outbox.dispatch(letter);
  }

  /**
   * Ends the session, and resolves when the child has confirmed it or `timeout` milliseconds have passed. Pending calls
   * fail at once. A second call joins the first and changes nothing.
   */
  close(reason: CloseReason, timeout: number): Promise<Released> {
    if (this.#state.name === 'closed' || this.#state.name === 'closing') return this.released;
    const opened = this.#opened;
    this.#state = { name: 'closing', reason };
    // The end does not wait for what the child would still have to take.
    this.#outbox.gate = undefined;
    this.#failPending(reason);
    this.#listener.closed(reason);
    if (opened === undefined) return this.released; // still opening: `opening` sees the state and ends it
    void this.#closeProtocol(opened, reason, timeout);
    return this.released;
  }

  /** Ends it because of something that arrived. */
  fail(reason: CloseReason): void {
    void this.close(reason, failTimeout);
  }

  /** It is over, at once: the child is gone, or the connection to it. Nothing is left there to confirm. */
  abort(reason: CloseReason): void {
    if (this.#state.name === 'closed') return;
    const notified = this.#state.name === 'closing';
    this.#end(notified ? (this.#state as { reason: CloseReason }).reason : reason, true);
    this.#failPending(reason);
    if (!notified) this.#listener.closed(reason);
  }

  // ── the mux's side ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs the protocol's `open`. Rejects if it fails, or not in time; `released` says when its slot is free. */
  async open(timeout: number, signal?: AbortSignal): Promise<void> {
    const { protocol, clock } = this.#connection;
    const open = Promise.resolve().then(() => protocol.open?.(this.#port) ?? defaultOpened(this.id));
    const expired = (): Error =>
      new CarpoolError(
        'SESSION_FAILED',
        `Cannot open session ${this.id}: the child did not answer within ${timeout} ms`,
        {
          context: { session: this.id, timeout },
          evidence: { messages: this.recent.describe() },
        },
      );
    const late = (opened: Opened): void => void this.#closeProtocol(opened, lateReason(clock.now()), timeout);
    try {
      const opened = await within(open, { clock, timeout, signal, expired, late });
      this.adopt(opened.wireId);
      this.#opened = opened;
      this.#outbox.wireId = opened.wireId;
      this.#outbox.gate = this.#state.name === 'opening' ? opened.gate : undefined;
    } catch (thrown) {
      const reason = this.#reasonOr(thrown);
      this.#port.giveUp(thrown);
      // Refused: nothing was opened. Too late: the child may still open it, so `late` gets as long again.
      open.catch(() => this.#end(reason, true));
      const deadline = clock.after(timeout, () => this.#end(reason, false));
      deadline.unref();
      void this.released.then(() => deadline.cancel());
      throw thrown;
    }
    const state = this.#state;
    if (state.name === 'opening') {
      this.#state = { name: 'open' };
      for (const early of this.#port.drain()) this.#listener.event(early);
    } else {
      if (state.name === 'closing') void this.#closeProtocol(this.#opened, state.reason, timeout);
      throw closedError('open it', this, (state as { reason: CloseReason }).reason, clock.now());
    }
  }

  adopt(wireId: WireId): void {
    this.#wireIds.add(wireId);
    // Until `open` is done, the first id that it adopts is the one it speaks under.
    this.#outbox.wireId ??= wireId;
    this.#connection.adopt(wireId, this);
  }

  receive(route: Exclude<Route, { as: 'unknown' }>, frame: Frame): void {
    this.#remember(route, frame);
    this.#outbox.gate?.received(frame);
    // Before the message is delivered: who answers it at once must not overtake what waited longer.
    this.#outbox.releaseHeld();
    switch (route.as) {
      case 'event':
        this.#deliver(route.frame ?? frame);
        break;
      case 'reply': {
        // A reply to nothing is an event: a runtime that writes its own ids (`pooledTransport`) reads it there.
        const call = this.#outbox.settle(route.key);
        if (call === undefined) this.#deliver(route.frame ?? frame);
        else call.reply(route.frame ?? frame);
        break;
      }
      case 'step': {
        const call = this.#outbox.waiting(route.key);
        if (call === undefined) this.#deliver(route.frame ?? frame);
        else call.step?.(route.frame ?? frame);
        break;
      }
      case 'refusal': {
        const call = this.#outbox.settle(route.key);
        if (call === undefined) this.#deliver(frame);
        else call.failed(refusedError(this.id, route.refusal));
        break;
      }
      case 'ask':
        if (this.#state.name === 'open') this.#listener.ask(route.frame ?? frame, route.key);
        break;
      case 'lost':
        this.#lost(route);
        break;
    }
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #remember(route: Exclude<Route, { as: 'unknown' }>, frame: Frame): void {
    // The host's own word about a session is no message of the session.
    const notified =
      (route.as === 'lost' && route.by !== undefined) || ('refusal' in route && route.refusal?.error !== undefined);
    const shown = 'frame' in route ? (route.frame ?? frame) : frame;
    if (!notified) this.recent.add('in', shown, frame.bytes.length);
  }

  #deliver(frame: Frame): void {
    if (this.#state.name === 'open') this.#listener.event(frame);
    else this.#port.offer(frame);
  }

  #lost(route: Extract<Route, { as: 'lost' }>): void {
    this.#port.markLost(route.gone);
    if (this.#state.name === 'closing' || this.#state.name === 'closed') return;
    const { by = 'child', reason: message = 'by the child' } = route;
    const failed = by === 'child' || route.refusal !== undefined;
    const error = failed ? lostError(this.id, route.refusal, this.recent.describe()) : undefined;
    const reason: CloseReason = { by, at: this.#connection.clock.now(), reason: message, error };
    if (route.gone) this.abort(reason);
    else this.fail(reason);
  }

  async #closeProtocol(opened: Opened | undefined, reason: CloseReason, timeout: number): Promise<void> {
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
    for (const call of this.#outbox.drain()) call.failed(closedError('wait for a reply', this, reason, clock.now()));
  }

  #checkOpen(call: string): void {
    const state = this.#state;
    if (state.name === 'open') return;
    if (state.name !== 'opening') throw closedError(call, this, state.reason, this.#connection.clock.now());
    throw new CarpoolError('SESSION_REFUSED', `Cannot ${call}: session ${this.id} is not open yet`);
  }

  #reasonOr(thrown: unknown): CloseReason {
    if (this.#state.name === 'closing') return this.#state.reason;
    const error = thrown as CarpoolError;
    return { by: 'child', at: this.#connection.clock.now(), reason: 'because it could not be opened', error };
  }
}

function defaultOpened(id: string): Opened {
  return { wireId: id, close: () => {} };
}

function lateReason(now: number): CloseReason {
  return { by: 'pool', at: now, reason: 'because it opened too late' };
}
