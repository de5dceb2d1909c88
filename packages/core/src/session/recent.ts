/**
 * The last messages of a session, kept for the evidence of its errors. Costs a few assignments a message; nothing of it is
 * kept where evidence is turned off.
 */
import { areMessagesKept } from '../base/evidence-option.ts';
import type { Frame } from '../codec/frame.ts';
import type { Journal, Speaker } from './journal.ts';
import {
  arrow,
  describeKept,
  showKept,
  type Direction,
  keptFrame,
  recordedFrame,
  type KeptFrame,
} from './kept-frame.ts';

const kept = 8;

export class Recent {
  readonly #speaker: Speaker | undefined;
  readonly #journal: Journal | undefined;
  readonly #keeps = areMessagesKept();
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
    const shown = recordedFrame(frame, length);
    if (this.#keeps) {
      this.#frames[this.#next] = shown;
      this.#directions[this.#next] = direction;
      this.#next = (this.#next + 1) % kept;
    }
    if (this.#journal !== undefined && this.#speaker !== undefined) {
      this.#journal.add(direction, this.#speaker, shown);
      this.#journal.pass(direction, this.#speaker, keptFrame(frame, length));
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
