/** What `carpool tail` prints, no faster than it is read: a pager reads on when its user does. */
import type { Writable } from 'node:stream';
import { messageOf } from '../../base/thrown.ts';
import type { ObservedBody, ObservedSession } from '../../wire/observe.ts';
import type { TailLines } from './lines.ts';

/** Bytes that wait to be read, above which messages are counted and not printed. */
const mostBehind = 1024 * 1024;

export class Output {
  /** Resolves when nothing reads it any more. */
  readonly closed: Promise<undefined>;
  readonly #stream: Writable;
  readonly #lines: TailLines;
  /** Messages since the last line. */
  #lost = 0;

  /** @param stream stdout, whose reader may be gone */
  constructor(stream: Writable, lines: TailLines) {
    this.#stream = stream;
    this.#lines = lines;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.closed = promise;
    let isGone = false;
    // What is written after the first error fails, too.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!isGone && error.code !== 'EPIPE') console.error(`carpool: cannot print: ${messageOf(error)}`);
      isGone = true;
      resolve(undefined);
    });
    stream.on('drain', () => this.#tellLost());
  }

  /** What was said before. */
  said(sessions: readonly ObservedSession[]): void {
    this.#print(this.#lines.said(sessions));
  }

  messages(body: ObservedBody): void {
    if (this.#stream.writableLength > mostBehind) {
      this.#lost += body.messages.length + (body.lost ?? 0);
      return;
    }
    this.#tellLost();
    this.#print(this.#lines.messages(body));
  }

  /** No more comes. */
  end(): void {
    this.#tellLost();
  }

  #tellLost(): void {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#print(this.#lines.messages({ messages: [], lost }));
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.#stream.write(`${lines.join('\n')}\n`);
  }
}
