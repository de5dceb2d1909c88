/** The last messages of a session, kept for the evidence of its errors. Costs two assignments a message. */
import type { Frame } from '../codec/frame.ts';

const kept = 8;
/** A larger frame is remembered by its size alone, so that a session does not hold on to megabytes. */
const keptBytes = 16 * 1024;

export class Recent {
  readonly #frames: (Frame | number)[] = [];
  readonly #directions: ('in' | 'out')[] = [];
  #next = 0;

  /** `length`: bytes of it on the way, which is known without encoding it again. */
  add(direction: 'in' | 'out', frame: Frame, length: number): void {
    this.#frames[this.#next] = length > keptBytes ? length : frame;
    this.#directions[this.#next] = direction;
    this.#next = (this.#next + 1) % kept;
  }

  /** One line a message, oldest first: "→ {…}" sent, "← {…}" received. */
  describe(): readonly string[] {
    const lines = this.#frames.map((frame, at) => {
      const text = typeof frame === 'number' ? `<${frame} bytes>` : frame.toString();
      return `${this.#directions[at] === 'out' ? '→' : '←'} ${text}`;
    });
    return [...lines.slice(this.#next), ...lines.slice(0, this.#next)];
  }
}
