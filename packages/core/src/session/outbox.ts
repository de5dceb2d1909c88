/**
 * The outgoing half of a conversation: what it sends, what its gate holds back, and the requests that wait for a reply.
 */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Gate } from '../protocol/gate.ts';
import type { Addressed, Key, Outgoing, WireId } from '../protocol/protocol.ts';
import type { Connection, Receiver, WaitingCalls } from './connection.ts';
import { HeldMessages } from './held-messages.ts';
import type { Speaker } from './journal.ts';
import { keptFrame, type KeptFrame } from './kept-frame.ts';
import { abandoned, Pending, type PendingCall, type ReplyCallbacks } from './pending.ts';
import { protocolError } from './protocol-errors.ts';
import type { Recent } from './recent.ts';
import type { SessionRecord } from './session-record.ts';

/** Messages of one session that wait: for the gate, or for their reply. */
const maxPending = 65_536;
/** Bytes that a gate may hold back of one session. */
const maxHeldBytes = 256 * 1024 * 1024;

export interface OutboxOptions {
  readonly connection: Connection;
  readonly name: Speaker;
  readonly recent: Recent;
  readonly record: SessionRecord | undefined;
  /** Gets the replies. */
  readonly receiver: Receiver;
  readonly owns: (wireId: WireId) => boolean;
}

/** All its calls throw CarpoolError SESSION_REFUSED, SESSION_OVERFLOW, FRAME_TOO_LARGE, FRAME_MALFORMED; nothing was sent then. */
export class Outbox implements WaitingCalls {
  /** Under which id the conversation sends; `undefined` for the root. */
  wireId: WireId | undefined;
  /** Absent: everything may be sent at any time. */
  gate: Gate | undefined;
  readonly #connection: Connection;
  readonly #name: Speaker;
  readonly #recent: Recent;
  readonly #record: SessionRecord | undefined;
  readonly #receiver: Receiver;
  readonly #owns: (wireId: WireId) => boolean;
  readonly #pending = new Pending();
  /** Of those that were given up with the end. */
  #oldestAtEnd: PendingCall | undefined;
  readonly #held = new HeldMessages();
  readonly #answered: ((sent: KeptFrame) => void) | undefined;

  constructor({ connection, name, recent, record, receiver, owns }: OutboxOptions) {
    this.#connection = connection;
    this.#name = name;
    this.#recent = recent;
    this.#record = record;
    this.#receiver = receiver;
    this.#owns = owns;
    const { journal, clock } = connection;
    this.#answered = journal && ((sent) => journal.answered(name, sent, clock.now()));
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
    const number = this.#connection.nextCall();
    const call: PendingCall = { key: undefined, callbacks, number, sent: undefined };
    this.#dispatch({ kind: 'request', frame, wireId, call: number, key: undefined, owns: this.#owns }, call);
    return call;
  }

  /** The reply to a request will be dropped; where the protocol can say so, the child learns that it is not awaited. */
  abandon(call: PendingCall): void {
    if (call.callbacks === abandoned) return;
    // It keeps its place, so that a late reply is recognised and dropped.
    call.callbacks = abandoned;
    if (call.key === undefined) {
      this.#held.giveUp(call);
      return;
    }
    this.#record?.cancelled(call.number);
    this.#cancel(call.key);
  }

  /** Where the protocol can say so, the child learns that none of the requests that wait for a reply is awaited. */
  cancelAll(): void {
    if (this.#connection.protocol.cancel === undefined) return;
    for (const { key, callbacks } of this.#pending.calls()) {
      if (key !== undefined && callbacks !== abandoned) this.#cancel(key);
    }
  }

  #cancel(key: Key): void {
    const { protocol, format } = this.#connection;
    const cancel = protocol.cancel?.({ wireId: this.wireId, key, format });
    if (cancel !== undefined) this.#connection.transmit(cancel);
  }

  /** The request that has waited longest for its reply, also where nothing waits for that any more, and after the end. */
  get oldestCall(): PendingCall | undefined {
    return this.#pending.oldest ?? this.#oldestAtEnd;
  }

  /** Requests that wait for their reply. */
  get waitingCalls(): number {
    return this.#pending.size;
  }

  /** The keys of those. */
  get waitingKeys(): Iterable<Key> {
    return this.#pending.keys();
  }

  get unanswered(): readonly PendingCall[] {
    return this.#pending.calls();
  }

  awaiting(key: Key): PendingCall | undefined {
    return this.#pending.peek(key);
  }

  lose(call: PendingCall, error: CarpoolError): void {
    if (call.key === undefined || this.#pending.peek(call.key) !== call) return;
    this.#take(call.key)?.failed(error);
  }

  /** The call that a step belongs to; `undefined`: there is none. An abandoned one does nothing. */
  waiting(key: Key): ReplyCallbacks | undefined {
    return this.#pending.peek(key)?.callbacks;
  }

  /** As `waiting`, for a reply: the call waits no longer. */
  settle(key: Key): ReplyCallbacks | undefined {
    return this.#take(key, this.#answered);
  }

  #take(key: Key, answered?: (sent: KeptFrame) => void): ReplyCallbacks | undefined {
    const callbacks = this.#pending.take(key, answered);
    const { keys } = this.#connection;
    if (keys !== undefined && this.#pending.peek(key) === undefined) keys.delete(key, this.#receiver);
    return callbacks;
  }

  /** A request under this key was answered a short while ago: what comes now is a second reply. */
  wasAnswered(key: Key): boolean {
    return this.#pending.wasAnswered(key);
  }

  /** Takes everything that waits, for the end. */
  drain(): ReplyCallbacks[] {
    this.#oldestAtEnd = this.oldestCall;
    const held = this.#held.drain();
    return [...this.drainSent(), ...held.flatMap(({ call }) => call?.callbacks ?? [])];
  }

  /** Takes the requests that were sent, and leaves what the gate still holds back. */
  drainSent(): ReplyCallbacks[] {
    const calls = this.#pending.drain();
    const { keys } = this.#connection;
    if (keys !== undefined) for (const { key } of calls) if (key !== undefined) keys.delete(key, this.#receiver);
    return calls.map(({ callbacks }) => callbacks);
  }

  /** Sends what the gate admits now, oldest first; each message sent may admit others. */
  releaseHeld(): void {
    while (this.#held.size > 0) {
      const next = this.#held.takeAdmitted(this.gate);
      if (next === undefined) return;
      const { outgoing, call } = next;
      try {
        this.#transmit(outgoing, call);
      } catch (thrown) {
        call?.callbacks.failed(asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send'));
      }
    }
  }

  #dispatch(outgoing: Outgoing, call: PendingCall | undefined): void {
    const { gate } = this;
    if (this.#pending.size + this.#held.size >= maxPending) {
      throw this.#overflow(`${maxPending} messages wait for their reply`, maxPending);
    }
    if (gate?.admits(outgoing.frame) === false) {
      if (this.#held.bytes + outgoing.frame.encodedBytes > maxHeldBytes) {
        throw this.#overflow(`${this.#held.bytes} bytes wait until its child can take them`, maxHeldBytes);
      }
      this.#held.add(gate.kind?.(outgoing.frame) ?? '', outgoing, call);
      return;
    }
    this.#transmit(outgoing, call);
    if (this.#held.size > 0) this.releaseHeld();
  }

  #overflow(why: string, limit: number): CarpoolError {
    const { id } = this.#name;
    const context = { session: id, limit };
    return new CarpoolError('SESSION_OVERFLOW', `Cannot send: of session ${id} ${why}`, { context });
  }

  #transmit(outgoing: Outgoing, call: PendingCall | undefined): void {
    const addressed = this.#address(outgoing);
    const key = call && (addressed.key ?? String(outgoing.call));
    const { keys } = this.#connection;
    if (key !== undefined) keys?.check(key, this.#receiver);
    this.#connection.transmit(addressed.frame);
    const { length } = addressed.frame.bytes;
    this.#recent.add('out', outgoing.frame, length);
    if (this.#record !== undefined) this.#record.sent(outgoing, call?.number, addressed.frame);
    this.gate?.sent(outgoing.frame);
    if (call === undefined || key === undefined) return;
    call.sent = keptFrame(outgoing.frame, length);
    this.#pending.add(key, call);
    keys?.add(key, this.#receiver);
  }

  #address(outgoing: Outgoing): Addressed {
    const { protocol } = this.#connection;
    try {
      return protocol.address(outgoing);
    } catch (thrown) {
      throw protocolError('address', protocol.name, thrown) ?? thrown;
    }
  }
}
