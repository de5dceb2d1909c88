/**
 * Gathers what is written in one turn of the event loop, and writes it at once: a burst takes one system call, and a single
 * message no extra turn, because `nextTick` runs right after the current callback.
 */
import type { Writable } from 'node:stream';
import { nextTick, setImmediate } from '../base/natives.ts';

/** Bytes. Larger chunks are written as they are: copying them into a batch would cost more than it saves. */
const gatherBelow = 16 * 1024;
/** Bytes of the memory into which smaller ones are copied as they come. What was written of it is never overwritten. */
const blockBytes = 32 * 1024;

export class BatchWriter {
  readonly #writable: Writable;
  /** What the block does not hold: full blocks, and large chunks. */
  #batch: Uint8Array[] = [];
  #block: Buffer = Buffer.alloc(0);
  /** Of the block, what is not written yet. */
  #from = 0;
  #to = 0;
  #bytes = 0;
  /** A flush will come: at the end of this turn, or of the event loop's. */
  #scheduled: 'no' | 'now' | 'soon' = 'no';
  #paused = false;
  #stopped = false;

  constructor(writable: Writable) {
    this.#writable = writable;
    // EPIPE only says that the peer is gone; the end of the readable says why, so it is ignored here.
    writable.on('error', () => this.stop());
  }

  /** Bytes that the other side has not read yet. */
  get backlog(): number {
    return this.#bytes + this.#writable.writableLength;
  }

  /** After `stop` it does nothing. Empty pieces are left out. */
  write(head: Uint8Array, body: Uint8Array, tail?: Uint8Array): void {
    if (this.#stopped) return;
    if (!this.#paused) this.#schedule();
    this.#push(head);
    this.#push(body);
    if (tail !== undefined) this.#push(tail);
  }

  /** As `write`, but with the next that is written, or after the event loop has turned. */
  writeSoon(head: Uint8Array, body: Uint8Array, tail?: Uint8Array): void {
    if (this.#stopped) return;
    if (this.#scheduled === 'no' && !this.#paused) {
      this.#scheduled = 'soon';
      setImmediate(flush, this);
    }
    this.#push(head);
    this.#push(body);
    if (tail !== undefined) this.#push(tail);
  }

  /** More will be written soon: what is gathered is held back until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  /** At the end of this turn what is gathered is written. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#bytes > 0) this.#schedule();
  }

  flushUnlessPaused(): void {
    if (this.#paused) this.#scheduled = 'no';
    else this.flush();
  }

  flush(): void {
    this.#scheduled = 'no';
    if (this.#bytes === 0) return;
    this.#cut();
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    if (this.#stopped || this.#writable.destroyed) return;
    if (batch.length > 1) this.#writable.cork();
    for (const bytes of batch) this.#writable.write(bytes);
    if (batch.length > 1) this.#writable.uncork();
  }

  /** Writes what is gathered, then ends the stream. */
  end(): void {
    this.flush();
    this.#stopped = true;
    this.#writable.end();
  }

  /** Drops what is gathered and takes no more. */
  stop(): void {
    this.#stopped = true;
    this.#batch = [];
    this.#from = this.#to;
    this.#bytes = 0;
  }

  #schedule(): void {
    if (this.#scheduled === 'now') return;
    this.#scheduled = 'now';
    nextTick(flush, this);
  }

  #push(bytes: Uint8Array): void {
    const size = bytes.length;
    if (size === 0) return;
    this.#bytes += size;
    if (size >= gatherBelow) {
      this.#cut();
      this.#batch.push(bytes);
      return;
    }
    if (size > this.#block.length - this.#to) {
      this.#cut();
      this.#block = Buffer.allocUnsafeSlow(blockBytes);
      this.#from = 0;
      this.#to = 0;
    }
    this.#block.set(bytes, this.#to);
    this.#to += size;
  }

  /** Ends what is gathered in the block. */
  #cut(): void {
    if (this.#to === this.#from) return;
    this.#batch.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}

function flush(writer: BatchWriter): void {
  writer.flushUnlessPaused();
}
