/**
 * One session, answered from its recording. What was recorded behind a message of the test comes when that message has been
 * sent; what it sends in another order than then, because it does several things at once, waits for the rest.
 *
 *   recorded:  → a   ← x   → b   → c   ← reply to a   ← y
 *   now:       send a: x comes.  send c: nothing.  send b: the reply to a and y come.
 */
import type { Recorded } from '../base/transcript-value.ts';
import { isSame } from './compare.ts';
import { isOut, type RecordedEvent, type RecordedIn, type RecordedLoss, type RecordedOut } from './recorded-session.ts';

/** What comes now. */
export type Arriving =
  /** @property key of the request, as it was given to `sent` */
  | { readonly kind: 'reply' | 'step' | 'refusal'; readonly key: string; readonly m: Recorded; readonly n: number }
  | { readonly kind: 'event'; readonly m: Recorded }
  /** @property n the number of the question, for its answer */
  | { readonly kind: 'ask'; readonly n: number; readonly m: Recorded }
  | RecordedLoss;

/** A message of the test. */
export interface Sent {
  readonly kind: RecordedOut['kind'];
  /** In its recorded form. */
  readonly m: Recorded;
  /** Of a request: under which its reply is to come. */
  readonly key?: string | undefined;
  /** Of an answer: the number of the question. */
  readonly n?: number | undefined;
}

/** Something was recorded, and waits for a message that the test has not sent. */
export interface Blocked {
  readonly waitsFor: RecordedOut;
  /** Milliseconds from the last message that was sent to this one, when it was recorded. */
  readonly gap: number;
  /** The requests that have no reply because of that. */
  readonly keys: readonly string[];
}

export class ReplaySession {
  readonly #events: readonly RecordedEvent[];
  /** The places of what was sent. */
  readonly #sent = new Set<number>();
  /** The keys of now, by the numbers of the recorded requests. */
  readonly #keys = new Map<number, string>();
  /** The numbers of requests whose reply is wanted no more. */
  readonly #given = new Set<number>();
  /** Everything before this place has been sent, or has come. */
  #next = 0;

  constructor(events: readonly RecordedEvent[]) {
    this.#events = events;
  }

  /** False: it was not recorded, and nothing has changed. */
  sent(message: Sent): boolean {
    const at = this.#placeOf(message);
    if (at === undefined) return false;
    this.#sent.add(at);
    const { n } = this.#events[at] as RecordedOut;
    if (n !== undefined && message.kind === 'request' && message.key !== undefined) this.#keys.set(n, message.key);
    return true;
  }

  /** What comes next, as soon as it may come; undefined: nothing for now. */
  take(): Arriving | undefined {
    for (;;) {
      const event = this.#events[this.#next];
      if (event === undefined) return undefined;
      if (isOut(event)) {
        if (!this.#sent.has(this.#next)) return undefined;
        this.#next++;
        continue;
      }
      this.#next++;
      const arriving = this.#arriving(event);
      if (arriving !== undefined) return arriving;
    }
  }

  /** After `take` has given all that it could. */
  blocked(): Blocked | undefined {
    const waitsFor = this.#events[this.#next];
    if (waitsFor === undefined || !isOut(waitsFor)) return undefined;
    const rest = this.#events.slice(this.#next);
    const keys = rest.flatMap((event) =>
      event.kind === 'reply' || event.kind === 'refusal' ? this.#waitingKey(event.n) : [],
    );
    const last = Math.max(...this.#events.flatMap(({ t }, at) => (this.#sent.has(at) && t <= waitsFor.t ? t : [])));
    return { waitsFor, gap: Number.isFinite(last) ? Math.max(0, waitsFor.t - last) : 0, keys };
  }

  /** The request under this key has failed otherwise: nothing comes for it any more. */
  giveUp(key: string): void {
    for (const [n, of] of this.#keys) if (of === key) this.#given.add(n);
  }

  /** What the test has not sent, in the recorded order. */
  unsent(): RecordedOut[] {
    return this.#events.filter((event, at): event is RecordedOut => isOut(event) && !this.#sent.has(at));
  }

  /** All that the test sent then. */
  outs(): RecordedOut[] {
    return this.#events.filter(isOut);
  }

  #waitingKey(n = Number.NaN): string[] {
    const key = this.#keys.get(n);
    return key === undefined || this.#given.has(n) ? [] : [key];
  }

  /** The first that is equal, and has not been sent. */
  #placeOf({ kind, m, n }: Sent): number | undefined {
    for (let at = this.#next; at < this.#events.length; at++) {
      const event = this.#events[at] as RecordedEvent;
      if (event.kind !== kind || this.#sent.has(at)) continue;
      if (kind === 'answer' && (event as RecordedOut).n !== n) continue;
      if (isSame((event as RecordedOut).m, m)) return at;
    }
    return undefined;
  }

  #arriving(event: RecordedIn | RecordedLoss): Arriving | undefined {
    if (event.kind === 'lost') return event;
    const { kind, m, n = 0 } = event;
    if (kind === 'event') return { kind, m };
    if (kind === 'ask') return { kind, n, m };
    if (this.#given.has(n)) return undefined;
    const key = this.#keys.get(n);
    // Its request was recorded before the recording begins to be whole.
    return key === undefined ? { kind: 'event', m } : { kind, key, m, n };
  }
}
