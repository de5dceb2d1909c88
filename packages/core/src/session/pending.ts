/**
 * Calls that wait for their reply, by key. Calls under one key are answered in the order they were made, as every
 * process does that acknowledges by kind instead of by id.
 */
import type { Key } from '../protocol/protocol.ts';
import type { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';

/** The push side of a request. Exactly one of `reply` and `failed` is called, once. */
export interface ReplyCallbacks {
  reply(frame: Frame): void;
  step?(frame: Frame): void;
  failed(error: CarpoolError): void;
}

export interface PendingCall {
  readonly key: Key;
  call: ReplyCallbacks;
}

export class Pending {
  readonly #byKey = new Map<Key, PendingCall[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: Key, call: ReplyCallbacks): PendingCall {
    const pending: PendingCall = { key, call };
    const queue = this.#byKey.get(key);
    if (queue === undefined) this.#byKey.set(key, [pending]);
    else queue.push(pending);
    this.#size++;
    return pending;
  }

  /** The call whose turn it is, still waiting. */
  peek(key: Key): PendingCall | undefined {
    return this.#byKey.get(key)?.[0];
  }

  /** The call whose turn it is; it waits no longer. */
  take(key: Key): PendingCall | undefined {
    const queue = this.#byKey.get(key);
    if (queue === undefined) return undefined;
    const pending = queue.shift();
    if (queue.length === 0) this.#byKey.delete(key);
    if (pending !== undefined) this.#size--;
    return pending;
  }

  /** Takes all, in the order they were made under each key. */
  drain(): PendingCall[] {
    const all = [...this.#byKey.values()].flat();
    this.#byKey.clear();
    this.#size = 0;
    return all;
  }
}
