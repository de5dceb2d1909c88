/**
 * Calls that wait for their reply, by key. Calls under one key are answered in the order they were made, as in every
 * process that acknowledges by kind instead of by id.
 */
import type { Key } from '../protocol/protocol.ts';
import type { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';

/** The push side of a request. Exactly one of `reply` and `failed` is called, once. */
export interface ReplyCallbacks {
  reply(frame: Frame): void;
  readonly step?: ((frame: Frame) => void) | undefined;
  failed(error: CarpoolError): void;
}

/** One request, from the moment it is made. `Conversation.abandon` takes it. */
export interface PendingCall {
  /** Absent while a gate holds the request back. */
  key: Key | undefined;
  callbacks: ReplyCallbacks;
}

export class Pending {
  /** A queue only where several wait under one key, as nearly none do. */
  readonly #byKey = new Map<Key, PendingCall | PendingCall[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: Key, call: PendingCall): void {
    call.key = key;
    const there = this.#byKey.get(key);
    if (there === undefined) this.#byKey.set(key, call);
    else if (Array.isArray(there)) there.push(call);
    else this.#byKey.set(key, [there, call]);
    this.#size++;
  }

  /** The call whose turn it is, still waiting. */
  peek(key: Key): PendingCall | undefined {
    const there = this.#byKey.get(key);
    return Array.isArray(there) ? there[0] : there;
  }

  /** The call whose turn it is; it waits no longer. */
  take(key: Key): PendingCall | undefined {
    const there = this.#byKey.get(key);
    if (there === undefined) return undefined;
    this.#size--;
    if (!Array.isArray(there)) {
      this.#byKey.delete(key);
      return there;
    }
    const call = there.shift();
    if (there.length === 0) this.#byKey.delete(key);
    return call;
  }

  /** Takes all, in the order they were made under each key. */
  drain(): PendingCall[] {
    const all = [...this.#byKey.values()].flat();
    this.#byKey.clear();
    this.#size = 0;
    return all;
  }
}
