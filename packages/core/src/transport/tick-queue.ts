/**
 * Gives each incoming message its own turn of the event loop. What is written meanwhile is gathered over several turns, so
 * that a burst of messages takes a few system calls, and a single message is not delayed.
 */
import { setImmediate } from '../base/natives.ts';
import type { BatchWriter } from './batch.ts';

/** Most turns over which writes are gathered. */
const gathered = 32;

export class TickQueue {
  readonly #writer: BatchWriter;
  #waiting = 0;

  constructor(writer: BatchWriter) {
    this.#writer = writer;
  }

  /** In the order of the calls. */
  add(work: () => void): void {
    this.#waiting++;
    setImmediate(this.#run, work);
  }

  readonly #run = (work: () => void): void => {
    this.#waiting--;
    if (this.#waiting % gathered === 0) this.#writer.resume();
    else this.#writer.pause();
    work();
  };
}
