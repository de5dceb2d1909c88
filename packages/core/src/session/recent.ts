/** The last messages of a session, kept for the evidence of its errors. Costs a few assignments a message. */
import type { Frame } from '../codec/frame.ts';
import type { Journal, Speaker } from './journal.ts';
import { arrow, describeKept, keptFrame, showKept, type Direction, type KeptFrame } from './kept-frame.ts';

const kept = 8;

export class Recent {
  readonly #speaker: Speaker | undefined;
  readonly #journal: Journal | undefined;
  readonly #frames: KeptFrame[] = [];
  readonly #directions: Direction[] = [];
  #next = 0;
  /** Messages of the child so far. */
  received = 0;

  /** @param journal keeps them beside those of the other sessions, under the name of `speaker` */
  constructor(speaker?: Speaker, journal?: Journal) {
    this.#speaker = speaker;
    this.#journal = journal;
  }

  /** `length`: bytes of it on the way, which is known without encoding it again. */
  add(direction: Direction, frame: Frame, length: number): void {
    const shown = keptFrame(frame, length);
    this.#frames[this.#next] = shown;
    this.#directions[this.#next] = direction;
    this.#next = (this.#next + 1) % kept;
    if (this.#journal !== undefined && this.#speaker !== undefined) {
      this.#journal.add(direction, this.#speaker, shown);
    }
    if (direction === 'in') this.received++;
  }

  /** The last message of the child, as `describe` shows it, without the arrow. */
  lastReceived(): string | undefined {
    return this.describe(describeKept)
      .findLast((line) => line.startsWith(arrow('in')))
      ?.slice(arrow('in').length);
  }

  /** One line a message, oldest first: "→ {…}" sent, "← {…}" received. */
  describe(show: (kept: KeptFrame) => string = showKept): readonly string[] {
    const lines = this.#frames.map((frame, at) => arrow(this.#directions[at] as Direction) + show(frame));
    return [...lines.slice(this.#next), ...lines.slice(0, this.#next)];
  }
}
