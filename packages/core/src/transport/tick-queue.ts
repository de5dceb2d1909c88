/**
 * Each message that comes in gets a turn of the event loop of its own. What is written meanwhile is gathered over some of
 * them: a burst of messages brings a few system calls, and one message alone waits for nobody.
 */
import { setImmediate } from '../base/natives.ts';
import type { BatchWriter } from './batch.ts';

/** Turns over which writes are gathered at most. */
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
