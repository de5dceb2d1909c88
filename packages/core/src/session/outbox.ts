/**
 * The outgoing half of a conversation: what it sends, what its gate holds back, and the requests that wait for a reply.
 */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Gate, Key, Outgoing, WireId } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import { Pending, type ReplyCallbacks } from './pending.ts';
import type { Recent } from './recent.ts';

interface Dispatch {
  readonly outgoing: Outgoing;
  readonly call: ReplyCallbacks | undefined;
  /** Set once it was sent: what its caller's `abandon` then does. */
  abandon?: () => void;
}

export interface OutgoingMessage {
  readonly kind: Outgoing['kind'];
  readonly frame: Frame;
  /** For a request: who learns what becomes of it. */
  readonly call?: ReplyCallbacks;
  /** For an answer: the key of the question. */
  readonly key?: Key;
}

const maxPending = 65_536;

export class Outbox {
  /** Under which id the conversation sends; `undefined` for the root. */
  wireId: WireId | undefined;
  /** Absent: everything may be sent at any time. */
  gate: Gate | undefined;
  readonly #connection: Connection;
  readonly #id: string;
  readonly #recent: Recent;
  readonly #owns: (wireId: WireId) => boolean;
  readonly #pending = new Pending();
  #held: Dispatch[] = [];

  constructor(connection: Connection, id: string, recent: Recent, owns: (wireId: WireId) => boolean) {
    this.#connection = connection;
    this.#id = id;
    this.#recent = recent;
    this.#owns = owns;
  }

  /**
   * @returns what abandons a request: its reply will be dropped
   * @throws CarpoolError SESSION_REFUSED, SESSION_OVERFLOW, FRAME_TOO_LARGE, FRAME_MALFORMED; nothing was sent then
   */
  dispatch({ kind, frame, call, key }: OutgoingMessage): () => void {
    if (this.#pending.size + this.#held.length >= maxPending) {
      const message = `Cannot send: ${maxPending} messages of session ${this.#id} wait for their reply`;
      throw new CarpoolError('SESSION_OVERFLOW', message, { context: { session: this.#id, limit: maxPending } });
    }
    const number = kind === 'request' ? this.#connection.nextCall() : 0;
    const base = { kind, frame, wireId: this.wireId, call: number, owns: this.#owns };
    const outgoing: Outgoing = key === undefined ? base : { ...base, key };
    const dispatch: Dispatch = { outgoing, call };
    if (this.gate?.admits(frame) === false) {
      this.#held.push(dispatch);
      return () => {
        dispatch.abandon?.();
        this.#held = this.#held.filter((other) => other !== dispatch);
      };
    }
    const abandon = this.#transmit(dispatch);
    this.releaseHeld();
    return abandon;
  }

  /** The call that a reply or a step belongs to; `undefined`: nobody asked. An abandoned one answers nobody. */
  waiting(key: Key): ReplyCallbacks | undefined {
    return this.#pending.peek(key)?.call;
  }

  /** As `waiting`, and the call waits no longer. */
  settle(key: Key): ReplyCallbacks | undefined {
    return this.#pending.take(key)?.call;
  }

  /** Takes everything that waits, for the end. */
  drain(): ReplyCallbacks[] {
    const held = this.#held.splice(0).flatMap(({ call }) => call ?? []);
    return [...this.#pending.drain().map(({ call }) => call), ...held];
  }

  /** Sends what the gate admits now, oldest first; each message sent may admit others. */
  releaseHeld(): void {
    while (this.#held.length > 0) {
      const at = this.#held.findIndex(({ outgoing }) => this.gate?.admits(outgoing.frame) !== false);
      const dispatch = this.#held.splice(at, at < 0 ? 0 : 1)[0];
      if (dispatch === undefined) return;
      try {
        this.#transmit(dispatch);
      } catch (thrown) {
        dispatch.call?.failed(asCarpoolError(thrown, 'SESSION_REFUSED', 'Cannot send'));
      }
    }
  }

  #transmit(dispatch: Dispatch): () => void {
    const { outgoing, call } = dispatch;
    const { protocol } = this.#connection;
    const addressed = protocol.address(outgoing);
    this.#connection.transmit(addressed.frame);
    this.#recent.add('out', outgoing.frame, addressed.frame.bytes.length);
    this.gate?.sent(outgoing.frame);
    if (call === undefined) return nothing;
    const pending = this.#pending.add(addressed.key ?? String(outgoing.call), call);
    const abandon = (): void => {
      if (pending.call === abandoned) return;
      // It keeps its place, so that a late reply is recognised and dropped.
      pending.call = abandoned;
      const cancel = protocol.cancel?.(this.wireId, pending.key);
      if (cancel !== undefined) this.#connection.transmit(cancel);
    };
    dispatch.abandon = abandon;
    return abandon;
  }
}

function nothing(): void {}

const abandoned: ReplyCallbacks = { reply: nothing, step: nothing, failed: nothing };
