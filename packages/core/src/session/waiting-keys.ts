/**
 * Whose request waits under which key, over all conversations of a connection: for protocols whose replies name no session
 * (`byKey`). It is made when the first such reply comes, so that other protocols pay nothing for it.
 */
import { CarpoolError } from '../base/errors.ts';
import type { Key } from '../protocol/protocol.ts';

/** A conversation, as far as it is looked at here. */
export interface Waiter {
  readonly id: string;
  readonly calls: {
    /** The keys of its requests that wait for their reply. */
    readonly waitingKeys: Iterable<Key>;
  };
}

export class WaitingKeys<W extends Waiter> {
  readonly #byKey = new Map<Key, W>();
  /** Under which requests of several conversations waited before the first of such replies came. */
  readonly #shared = new Set<Key>();

  constructor(waiters: Iterable<W>) {
    for (const waiter of waiters) {
      for (const key of waiter.calls.waitingKeys) {
        const other = this.#byKey.get(key);
        if (other !== undefined && other !== waiter) this.#shared.add(key);
        this.#byKey.set(key, waiter);
      }
    }
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** `undefined`: no request waits under it, or it cannot be known whose it is. */
  find(key: Key): W | undefined {
    return this.#shared.has(key) ? undefined : this.#byKey.get(key);
  }

  /** Half a sentence: why `find` has found none. */
  whyNone(key: Key): string {
    const named = JSON.stringify(key);
    return this.#shared.has(key)
      ? `a reply to ${named}, under which requests of several sessions wait; keys must be unique over the connection, as \`call\` is`
      : `a reply to ${named}, for which no request waits, of whatever session`;
  }

  /** @throws CarpoolError SESSION_REFUSED if a request of another one waits under it: its reply could not be told apart */
  check(key: Key, waiter: W): void {
    const other = this.#byKey.get(key);
    if (other === undefined || other === waiter) return;
    const message = `Cannot send: a request of session ${other.id} waits for its reply under the same key, ${JSON.stringify(key)}, and replies of this protocol name no session; let \`address\` give keys that are unique over the connection, as \`call\` is`;
    const context = { session: waiter.id, key, waiting: other.id };
    throw new CarpoolError('SESSION_REFUSED', message, { scope: 'call', blame: 'protocol', context });
  }

  add(key: Key, waiter: W): void {
    this.#byKey.set(key, waiter);
  }

  /** No request of this one waits under it any more. */
  delete(key: Key, waiter: W): void {
    if (this.#byKey.get(key) === waiter) this.#byKey.delete(key);
    this.#shared.delete(key);
  }
}
