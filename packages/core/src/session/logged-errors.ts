/**
 * Errors that the child has logged beside its work. They fail no call: a test fails later, by what the child did not do, and
 * without them it does not show why. Bounded.
 */
import type { LoggedError, Route, WireId } from '../protocol/protocol.ts';

const kept = 8;
const longest = 1_000;

interface Logged {
  readonly number: number;
  /** The session that the child names; `undefined`: none, or several. */
  readonly about: WireId | undefined;
  readonly text: string;
}

export class LoggedErrors {
  readonly #warn: (error: LoggedError) => void;
  #kept: Logged[] = [];
  #total = 0;

  /** @param warn takes each, and tells those that are told already from others */
  constructor(warn: (error: LoggedError) => void) {
    this.#warn = warn;
  }

  /** How many there were so far: a mark for `since`. */
  get total(): number {
    return this.#total;
  }

  /** What the protocol has found in a message. */
  take(route: Route): void {
    if (!('logged' in route) || route.logged === undefined) return;
    const { logged, to } = route;
    const about = typeof to === 'object' ? undefined : to;
    const text = cut(logged.message.trimEnd());
    // One that comes again stands once, where it came last.
    this.#kept = this.#kept.filter((there) => there.text !== text || there.about !== about);
    this.#kept.push({ number: ++this.#total, about, text });
    if (this.#kept.length > kept) this.#kept.shift();
    if (logged.warn !== false) this.#warn({ ...logged, message: text });
  }

  /**
   * Those after the first `mark`, oldest first.
   * @param of the ids of a session: without those about others. Default: all
   */
  since(mark: number, of?: readonly WireId[]): readonly string[] {
    return this.#kept
      .filter(({ number, about }) => number > mark && (of === undefined || about === undefined || of.includes(about)))
      .map(({ text }) => text);
  }
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
