/** What the exchange of a protocol waits for (`hello`, `open`, `close`, `probe`), so that it can fail before its deadline. */
import type { CarpoolError } from '../base/errors.ts';
import type { Frame } from '../codec/frame.ts';
import type { Key } from '../protocol/protocol.ts';

/** One wait, for an event or for a reply. */
export interface Wait {
  /** What is looked for, and the option in which it stands, as the protocol says it. */
  readonly expected?: unknown;
  readonly option?: string | undefined;
  /** For an event. */
  readonly matches?: (message: unknown) => boolean;
  /** For a reply. */
  readonly key?: () => Key | undefined;
  fail(error: CarpoolError): void;
}

export class Waits {
  readonly #waits = new Set<Wait>();
  #failure: CarpoolError | undefined;

  get size(): number {
    return this.#waits.size;
  }

  /** The first that says what it looks for. */
  get expected(): Wait | undefined {
    for (const wait of this.#waits) if (wait.expected !== undefined) return wait;
    return undefined;
  }

  add(wait: Wait): void {
    this.#waits.add(wait);
  }

  delete(wait: Wait): void {
    this.#waits.delete(wait);
  }

  /** Those that wait for this message. @param key of the request to which it is a reply */
  for(frame: Frame, key?: Key): readonly Wait[] {
    return [...this.#waits].filter(({ matches, key: awaited }) =>
      matches === undefined ? key !== undefined && awaited?.() === key : isMatch(matches, frame),
    );
  }

  /** What they failed with, if a message was lost. */
  get failure(): CarpoolError | undefined {
    return this.#failure;
  }

  /** They fail, as far as they still wait: a message for them is lost. @param among default: all */
  fail(error: CarpoolError, among: readonly Wait[] = [...this.#waits]): void {
    for (const wait of among) {
      if (!this.#waits.delete(wait)) continue;
      this.#failure = error;
      wait.fail(error);
    }
  }
}

/** What it is asked about may be of a kind that it does not look at. */
function isMatch(matches: (message: unknown) => boolean, frame: Frame): boolean {
  try {
    return matches(frame.message);
  } catch {
    return false;
  }
}
