/**
 * One session, answered from its recording. What was recorded behind a message of the test comes when that message has been
 * sent; what it sends in another order than then, because it does several things at once, waits for the rest.
 *
 *   recorded:  → a   ← x   → b   → c   ← reply to a   ← y
 *   now:       send a: x comes.  send c: nothing.  send b: the reply to a and y come.
 */
import type { Recorded } from '../base/transcript-value.ts';
import { isSame } from './compare.ts';
import {
  isOut,
  type RecordedEvent,
  type RecordedIn,
  type RecordedLoss,
  type RecordedOut,
  type RecordedRefusal,
} from './recorded-session.ts';

/** What comes now. */
export type Arriving =
  /** @property key of the request, as it was given to `sent` */
  | { readonly kind: 'reply' | 'step'; readonly key: string; readonly m: Recorded; readonly n: number }
  | {
      readonly kind: 'refusal';
      readonly key: string;
      readonly m: Recorded;
      readonly n: number;
      readonly refusal?: RecordedRefusal | undefined;
    }
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
}

export class ReplaySession {
  readonly #events: readonly RecordedEvent[];
  /** The places of what was sent. */
  readonly #sent = new Set<number>();
  /** The keys of now, by the numbers of the recorded requests. */
  readonly #keys = new Map<number, string>();
  /** Of these, the requests whose reply or refusal was recorded, and has not come. */
  readonly #waiting = new Map<number, string>();
  /** Those of which nothing was recorded that could end their wait. */
  readonly #unanswered = new Map<number, string>();
  /** The numbers of recorded requests whose wait has an end. */
  readonly #ending = new Set<number>();
  /** The numbers of requests whose reply is wanted no more. */
  readonly #given = new Set<number>();
  /** The place of the last step of each recorded request, by its number. */
  readonly #lastSteps = new Map<number, number>();
  readonly #cancelled: ReadonlySet<number>;
  /** The session ended by itself, and with it all that waited. */
  readonly #isLost: boolean;
  /** Everything before this place has been sent, or has come. */
  #next = 0;
  /** When the last message of the test before it was sent, when it was recorded. */
  #lastOut: number | undefined;

  /** @param cancelled the numbers of the requests for which the test did not wait to the end */
  constructor(events: readonly RecordedEvent[], cancelled: ReadonlySet<number> = new Set()) {
    this.#events = events;
    for (const [at, event] of events.entries()) {
      if ((event.kind === 'reply' || event.kind === 'refusal') && event.n !== undefined) this.#ending.add(event.n);
      else if (event.kind === 'step' && event.n !== undefined) this.#lastSteps.set(event.n, at);
    }
    this.#cancelled = cancelled;
    this.#isLost = events.at(-1)?.kind === 'lost';
  }

  /** False: it was not recorded, and nothing has changed. */
  sent(message: Sent): boolean {
    const at = this.#placeOf(message);
    if (at === undefined) return false;
    this.#sent.add(at);
    const { n } = this.#events[at] as RecordedOut;
    if (n !== undefined && message.kind === 'request' && message.key !== undefined) {
      this.#keys.set(n, message.key);
      if (this.#ending.has(n)) this.#waiting.set(n, message.key);
      else if (!this.#cancelled.has(n) && !this.#isLost) this.#unanswered.set(n, message.key);
    }
    return true;
  }

  /** What comes next, as soon as it may come; undefined: nothing for now. */
  take(): Arriving | undefined {
    for (;;) {
      const event = this.#events[this.#next];
      if (event === undefined) return undefined;
      if (isOut(event)) {
        if (!this.#sent.has(this.#next)) return undefined;
        this.#lastOut = event.t;
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
    return { waitsFor, gap: Math.max(0, waitsFor.t - (this.#lastOut ?? waitsFor.t)) };
  }

  /** The keys of the requests whose replies were recorded, and have not come. */
  get waiting(): Iterable<string> {
    return this.#waiting.values();
  }

  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * The keys of those for which nothing comes any more: neither a step nor a reply, nor the end of the session. Those of
   * which a cancel was recorded are not among them.
   */
  get unanswered(): string[] {
    return [...this.#unanswered].flatMap(([n, key]) => ((this.#lastSteps.get(n) ?? -1) < this.#next ? key : []));
  }

  /** The request under this key has failed otherwise: nothing comes for it any more. */
  giveUp(key: string): void {
    for (const requests of [this.#waiting, this.#unanswered]) {
      for (const [n, of] of requests) {
        if (of !== key) continue;
        this.#given.add(n);
        requests.delete(n);
        return;
      }
    }
  }

  /** What the test has not sent, in the recorded order. */
  unsent(): RecordedOut[] {
    return this.#events.filter((event, at): event is RecordedOut => isOut(event) && !this.#sent.has(at));
  }

  /** All that the test sent then. */
  outs(): RecordedOut[] {
    return this.#events.filter(isOut);
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
    const { kind, m, n = 0, refusal } = event;
    if (kind === 'event') return { kind, m };
    if (kind === 'ask') return { kind, n, m };
    if (this.#given.has(n)) return undefined;
    if (kind !== 'step') this.#waiting.delete(n);
    const key = this.#keys.get(n);
    // Its request was recorded before the recording begins to be whole.
    if (key === undefined) return { kind: 'event', m };
    return kind === 'refusal' ? { kind, key, m, n, refusal } : { kind, key, m, n };
  }
}
