/**
 * The outgoing half of a conversation: what it sends, what its gate holds back, and the requests that wait for a reply.
 */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { Frame } from '../codec/frame.ts';
import type { Gate, Key, Outgoing, WireId } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import type { SessionName } from './errors.ts';
import { Pending, type PendingCall, type ReplyCallbacks } from './pending.ts';
import type { Recent } from './recent.ts';

const maxPending = 65_536;

/** All its calls throw CarpoolError SESSION_REFUSED, SESSION_OVERFLOW, FRAME_TOO_LARGE, FRAME_MALFORMED; nothing was sent then. */
export class Outbox {
  /** Under which id the conversation sends; `undefined` for the root. */
  wireId: WireId | undefined;
  /** Absent: everything may be sent at any time. */
  gate: Gate | undefined;
  readonly #connection: Connection;
  readonly #name: SessionName;
  readonly #recent: Recent;
  readonly #owns: (wireId: WireId) => boolean;
  readonly #pending = new Pending();
  /** What the gate holds back, oldest first, each with the call that a request is. */
  readonly #held = new Map<Outgoing, PendingCall | undefined>();

  constructor(connection: Connection, name: SessionName, recent: Recent, owns: (wireId: WireId) => boolean) {
    this.#connection = connection;
    this.#name = name;
    this.#recent = recent;
    this.#owns = owns;
  }

  send(frame: Frame): void {
    const { wireId } = this;
    this.#dispatch({ kind: 'send', frame, wireId, call: 0, key: undefined, owns: this.#owns }, undefined);
  }

  /** Answers a question of the child. */
  answer(key: Key, frame: Frame): void {
    const { wireId } = this;
    this.#dispatch({ kind: 'answer', frame, wireId, call: 0, key, owns: this.#owns }, undefined);
  }

  /** `callbacks` are not called if it throws. */
  request(frame: Frame, callbacks: ReplyCallbacks): PendingCall {
    const { wireId } = this;
    const call: PendingCall = { key: undefined, callbacks };
    const number = this.#connection.nextCall();
    this.#dispatch({ kind: 'request', frame, wireId, call: number, key: undefined, owns: this.#owns }, call);
    return call;
  }

  /** The reply to a request will be dropped; where the protocol can say so, the child learns that it is not awaited. */
  abandon(call: PendingCall): void {
    if (call.callbacks === abandoned) return;
    // It keeps its place, so that a late reply is recognised and dropped.
    call.callbacks = abandoned;
    if (call.key === undefined) {
      for (const [outgoing, held] of this.#held) if (held === call) this.#held.delete(outgoing);
      return;
    }
    const cancel = this.#connection.protocol.cancel?.(this.wireId, call.key);
    if (cancel !== undefined) this.#connection.transmit(cancel);
  }

  /** The call that a step belongs to; `undefined`: there is none. An abandoned one does nothing. */
  waiting(key: Key): ReplyCallbacks | undefined {
    return this.#pending.peek(key)?.callbacks;
  }

  /** As `waiting`, for a reply: the call waits no longer. */
  settle(key: Key): ReplyCallbacks | undefined {
    return this.#pending.take(key)?.callbacks;
  }

  /** Takes everything that waits, for the end. */
  drain(): ReplyCallbacks[] {
    const held = [...this.#held.values()].flatMap((call) => call?.callbacks ?? []);
    this.#held.clear();
    return [...this.drainSent(), ...held];
  }

  /** Takes the requests that were sent, and leaves what the gate still holds back. */
  drainSent(): ReplyCallbacks[] {
    return this.#pending.drain().map(({ callbacks }) => callbacks);
  }

  /** Sends what the gate admits now, oldest first; each message sent may admit others. */
  releaseHeld(): void {
    while (this.#held.size > 0) {
      const next = this.#nextAdmitted();
      if (next === undefined) return;
      const [outgoing, call] = next;
      this.#held.delete(outgoing);
      try {
        this.#transmit(outgoing, call);
      } catch (thrown) {
        call?.callbacks.failed(asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send'));
      }
    }
  }

  #nextAdmitted(): [Outgoing, PendingCall | undefined] | undefined {
    for (const held of this.#held) if (this.gate?.admits(held[0].frame) !== false) return held;
    return undefined;
  }

  #dispatch(outgoing: Outgoing, call: PendingCall | undefined): void {
    if (this.#pending.size + this.#held.size >= maxPending) {
      const message = `Cannot send: ${maxPending} messages of session ${this.#name.id} wait for their reply`;
      throw new CarpoolError('SESSION_OVERFLOW', message, { context: { session: this.#name.id, limit: maxPending } });
    }
    if (this.gate?.admits(outgoing.frame) === false) {
      this.#held.set(outgoing, call);
      return;
    }
    this.#transmit(outgoing, call);
    if (this.#held.size > 0) this.releaseHeld();
  }

  #transmit(outgoing: Outgoing, call: PendingCall | undefined): void {
    const addressed = this.#connection.protocol.address(outgoing);
    this.#connection.transmit(addressed.frame);
    this.#recent.add('out', outgoing.frame, addressed.frame.bytes.length);
    this.gate?.sent(outgoing.frame);
    if (call !== undefined) this.#pending.add(addressed.key ?? String(outgoing.call), call);
  }
}

const abandoned: ReplyCallbacks = { reply: noop, step: noop, failed: noop };
