/**
 * What the child sent that no session and no call took. Without it, a reply that is addressed to nothing is a time-out
 * without a cause. Bounded; shown in the evidence of what then times out.
 */
import type { Frame } from '../codec/frame.ts';
import { recordedFrame, showKept, type KeptFrame } from './kept-frame.ts';

const kept = 8;
const longestLine = 200;

interface Stray {
  readonly number: number;
  readonly what: KeptFrame | string;
  /** Why nothing took it, in half a sentence. */
  readonly why: string;
}

export class Strays {
  readonly #outer: Strays | undefined;
  readonly #limit: number;
  readonly #kept: Stray[] = [];
  #total = 0;

  /** @param outer gets them too @param limit how many are kept */
  constructor(outer?: Strays, limit: number = kept) {
    this.#outer = outer;
    this.#limit = limit;
  }

  /** How many there were so far: a mark for `since`. */
  get total(): number {
    return this.#total;
  }

  /** @param why nothing took it, in half a sentence */
  add(frame: Frame, why: string): void {
    this.#push(recordedFrame(frame, frame.bytes.length), why);
  }

  /** A line that is no message. @param hint half a sentence: where a newline is missing */
  addText(text: string, hint?: string): void {
    const shown = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
    this.#push(shown, hint === undefined ? 'no message' : `no message: ${hint}`);
  }

  /** Those after the first `mark`, oldest first, each with why nothing took it. */
  since(mark: number): readonly string[] {
    return this.#kept
      .filter(({ number }) => number > mark)
      .map(({ what, why }) => `← ${typeof what === 'string' ? what : showKept(what)} (${why})`);
  }

  /** Whether one of those is a message, and not just a line: it may have been meant for what waits. */
  hasMessageSince(mark: number): boolean {
    return this.#kept.some(({ number, what }) => number > mark && typeof what !== 'string');
  }

  #push(what: Stray['what'], why: string): void {
    this.#total++;
    if (this.#limit > 0) this.#kept.push({ number: this.#total, what, why });
    if (this.#kept.length > this.#limit) this.#kept.shift();
    if (this.#outer !== undefined) this.#outer.#push(what, why);
  }
}
