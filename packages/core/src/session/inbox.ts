/**
 * What comes unasked in a session, until its user reads it.
 *
 * Bounded. A test that never reads events must not die of them: until the first read the oldest make room, and the first
 * read reports how many are missing. From then on a full inbox ends the session: it is read, and too slowly.
 */
import { CarpoolError } from '../base/errors.ts';
import { Mailbox, type Waiter } from '../base/mailbox.ts';
import type { Frame } from '../codec/frame.ts';

/** Until the session is open and its pool's limit known. */
const beforeOpen = 10_000;

export class Inbox {
  readonly #session: () => string;
  readonly #mailbox: Mailbox<Frame>;
  #receiver: ((frame: Frame) => void) | undefined;
  #dropped = 0;
  #everRead = false;
  #reading = false;

  /** @param session names the session in errors */
  constructor(session: () => string) {
    this.#mailbox = new Mailbox(beforeOpen);
    this.#session = session;
  }

  set capacity(capacity: number) {
    this.#mailbox.capacity = capacity;
  }

  /** Takes an event. What it returns ends the session. */
  receive(frame: Frame): CarpoolError | undefined {
    if (this.#receiver !== undefined) {
      this.#receiver(frame);
      return undefined;
    }
    if (this.#mailbox.push(frame)) return undefined;
    if (this.#everRead) return this.#overflow('');
    this.#dropped++;
    this.#mailbox.shift();
    this.#mailbox.push(frame);
    return undefined;
  }

  close(): void {
    this.#mailbox.close();
  }

  /** From now on every event goes to `receiver` as it comes, those that wait first. */
  forwardTo(receiver: (frame: Frame) => void): void {
    this.#receiver = receiver;
    // One that replaces the receiver meanwhile gets the rest.
    while (this.#receiver === receiver) {
      const frame = this.#mailbox.shift();
      if (frame === undefined) return;
      receiver(frame);
    }
  }

  /** The next event that matches; the others stay. Resolves with `undefined` at the end of the session. */
  take(matches?: (frame: Frame) => boolean, by?: Waiter): { readonly item: Promise<Frame | undefined>; stop(): void } {
    this.#everRead = true;
    return this.#mailbox.take(matches, by);
  }

  /** What waits for one event, and has said so. */
  get waiters(): readonly Waiter[] {
    return this.#mailbox.waiters;
  }

  /** Takes back what `take` gave to a caller that had given up in the same turn. */
  giveBack(frame: Frame): void {
    this.#mailbox.unshift(frame);
  }

  /**
   * All events in order. Leaving the loop keeps the rest for the next one.
   * @param by says who waits, from now on
   * @throws CarpoolError SESSION_MISUSED if another loop is reading, SESSION_OVERFLOW if events were dropped before
   */
  async *read(by: () => Waiter): AsyncGenerator<Frame, void, undefined> {
    if (this.#reading) throw new CarpoolError('SESSION_MISUSED', 'Cannot read events: another loop is reading them');
    this.#reading = true;
    const taking = { stop: (): void => {} };
    try {
      if (!this.#everRead && this.#dropped > 0) throw this.#overflow(`; ${this.#dropped} older ones were dropped`);
      for (;;) {
        const { item, stop } = this.take(undefined, by());
        taking.stop = stop;
        const frame = await item;
        if (frame === undefined) return;
        yield frame;
      }
    } finally {
      taking.stop();
      this.#everRead = true;
      this.#reading = false;
    }
  }

  #overflow(also: string): CarpoolError {
    const limit = this.#mailbox.capacity;
    const session = this.#session();
    const message = `Session ${session} has ${limit} unread events${also}. Read them, or raise \`maxUnreadEvents\``;
    return new CarpoolError('SESSION_OVERFLOW', message, { context: { session, limit } });
  }
}
