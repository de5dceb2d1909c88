/** Keeps what the child says to a session that no call has yet, for the one that gets it. */
import type { Frame } from '../codec/frame.ts';
import type { Key, WireId } from '../protocol/protocol.ts';
import type { Listener } from '../session/listener.ts';
import type { CloseReason } from '../session/state.ts';

/** Messages. A child that says more to a session that sends nothing is not fit to be kept. */
const mostKept = 1_000;

export class WarmListener implements Listener {
  readonly #overflow: () => void;
  #kept: ((target: Listener) => void)[] = [];
  #target: Listener | undefined;

  /** @param overflow more came than is kept: it must be given up */
  constructor(overflow: () => void) {
    this.#overflow = overflow;
  }

  /** From now on it is another's, who gets all that came so far. */
  handOver(target: Listener): void {
    this.#target = target;
    const kept = this.#kept;
    this.#kept = [];
    for (const deliver of kept) deliver(target);
  }

  event(frame: Frame): void {
    if (this.#target === undefined) this.#keep((target) => target.event(frame));
    else this.#target.event(frame);
  }

  ask(frame: Frame, key: Key): void {
    if (this.#target === undefined) this.#keep((target) => target.ask(frame, key));
    else this.#target.ask(frame, key);
  }

  adopted(wireId: WireId): void {
    // Those of before are among the ids of the conversation.
    this.#target?.adopted?.(wireId);
  }

  closed(reason: CloseReason): void {
    this.#target?.closed(reason);
  }

  #keep(deliver: (target: Listener) => void): void {
    this.#kept.push(deliver);
    if (this.#kept.length > mostKept) this.#overflow();
  }
}
