/**
 * Calls that wait for their reply, by key. Calls under one key are answered in the order they were made, as in every
 * process that acknowledges by kind instead of by id.
 */
import { Fifo } from '../base/fifo.ts';
import type { Key } from '../protocol/protocol.ts';
import type { CallSite, CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { Frame } from '../codec/frame.ts';
import type { KeptFrame } from './kept-frame.ts';

/** The push side of a request. Exactly one of `reply` and `failed` is called, once. */
export interface ReplyCallbacks {
  reply(frame: Frame): void;
  readonly step?: ((frame: Frame) => void) | undefined;
  failed(error: CarpoolError): void;
  /** Of a user's: when it was made, by the clock of its connection, and where. */
  readonly since?: number | undefined;
  readonly site?: CallSite | undefined;
}

/** One request, from the moment it is made. `Conversation.abandon` takes it. */
export interface PendingCall {
  /** Absent while a gate holds the request back. */
  key: Key | undefined;
  callbacks: ReplyCallbacks;
  /** Larger than that of every request sent before it on the same connection. */
  readonly number: number;
  /** Absent while a gate holds it back. */
  sent: KeptFrame | undefined;
}

/** Of a call whose reply nothing waits for. */
export const abandoned: ReplyCallbacks = { reply: noop, step: noop, failed: noop };

const remembered = 64;

export class Pending {
  /** A queue only where several wait under one key, as nearly none do. */
  readonly #byKey = new Map<Key, PendingCall | Fifo<PendingCall>>();
  /** The last keys that were answered, in a ring: a second reply comes soon after the first. */
  readonly #answered: Key[] = [];
  #next = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: Key, call: PendingCall): void {
    call.key = key;
    const there = this.#byKey.get(key);
    if (there === undefined) this.#byKey.set(key, call);
    else if (there instanceof Fifo) there.push(call);
    else {
      const queue = new Fifo<PendingCall>();
      queue.push(there);
      queue.push(call);
      this.#byKey.set(key, queue);
    }
    this.#size++;
  }

  /** Of the calls that wait. */
  keys(): Iterable<Key> {
    return this.#byKey.keys();
  }

  /** The call that has waited longest. */
  get oldest(): PendingCall | undefined {
    for (const there of this.#byKey.values()) return there instanceof Fifo ? there.first : there;
    return undefined;
  }

  /** The call whose turn it is, still waiting. */
  peek(key: Key): PendingCall | undefined {
    const there = this.#byKey.get(key);
    return there instanceof Fifo ? there.first : there;
  }

  /**
   * The callbacks of the call whose turn it is; it waits no longer, and holds nothing any more.
   * @param answered gets what was sent
   */
  take(key: Key, answered?: (sent: KeptFrame) => void): ReplyCallbacks | undefined {
    const call = this.#remove(key);
    if (call === undefined) return undefined;
    const { callbacks, sent } = call;
    if (sent !== undefined) answered?.(sent);
    // A Map that has grown keeps its earlier tables, and all that was in them, until the next full garbage collection.
    call.callbacks = abandoned;
    call.sent = undefined;
    return callbacks;
  }

  #remove(key: Key): PendingCall | undefined {
    const there = this.#byKey.get(key);
    if (there === undefined) return undefined;
    this.#size--;
    this.#answered[this.#next] = key;
    this.#next = (this.#next + 1) % remembered;
    if (!(there instanceof Fifo)) {
      this.#byKey.delete(key);
      return there;
    }
    const call = there.shift();
    if (there.size === 0) this.#byKey.delete(key);
    return call;
  }

  /** A request under this key was answered a short while ago. */
  wasAnswered(key: Key): boolean {
    return this.#answered.includes(key);
  }

  /** All, in the order they were made under each key. */
  calls(): PendingCall[] {
    return [...this.#byKey.values()].flatMap((there) => (there instanceof Fifo ? there.all() : there));
  }

  /** Takes all. */
  drain(): PendingCall[] {
    const all = this.calls();
    this.#byKey.clear();
    this.#size = 0;
    return all;
  }
}
