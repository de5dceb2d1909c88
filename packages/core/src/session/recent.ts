/** The last messages of a session, kept for the evidence of its errors. Costs two assignments a message. */
import type { Frame } from '../codec/frame.ts';

const kept = 8;
/** A larger frame is remembered by its size alone, so that a session does not hold on to megabytes. */
const keptBytes = 16 * 1024;

export class Recent {
  readonly #entries: { readonly direction: 'in' | 'out'; readonly frame: Frame | number }[] = [];
  #next = 0;

  /** `length`: bytes of it on the way, which is known without encoding it again. */
  add(direction: 'in' | 'out', frame: Frame, length: number): void {
    this.#entries[this.#next] = { direction, frame: length > keptBytes ? length : frame };
    this.#next = (this.#next + 1) % kept;
  }

  /** One line a message, oldest first: "→ {…}" sent, "← {…}" received. */
  describe(): readonly string[] {
    const inOrder = [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
    return inOrder.map(({ direction, frame }) => {
      const text = typeof frame === 'number' ? `<${frame} bytes>` : frame.toString();
      return `${direction === 'out' ? '→' : '←'} ${text}`;
    });
  }
}
