/**
 * The transcript of a run as a file. Lines wait in memory, up to a bound, and are written by the system beside what the
 * process does: it waits for no disk but at its end. A message that finds no room is counted, and not kept.
 */
import { close, closeSync, mkdirSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import { redactText } from '../base/redact.ts';
import { messageOf } from '../base/thrown.ts';
import { recordValue, type Recorded } from '../base/transcript-value.ts';
import type { TranscriptEnd, TranscriptEvent, TranscriptHeader } from '../base/transcript.ts';
import type { OwnEvent, Transcript } from '../base/transcript-keeper.ts';

export interface TranscriptFileOptions {
  readonly file: string;
  /** Its name where that is there already. @param number from 2, for the next one that is tried. Default: it is an error */
  readonly another?: ((number: number) => string) | undefined;
  readonly header: TranscriptHeader;
  /** Zero of its times, by the clock. Default 0. */
  readonly began?: number | undefined;
  readonly clock: Clock;
  /** Takes a sentence, once, if it cannot be written. */
  readonly warn: (message: string) => void;
  /** Bytes of the file, beside the lines that are no messages. Default 1 GiB. */
  readonly limit?: number | undefined;
  /** Bytes that may wait to be written. Default 64 MiB. */
  readonly queue?: number | undefined;
  /** Default: the system's. */
  readonly write?: typeof write | undefined;
}

const defaultLimit = 1024 * 1024 * 1024;
const defaultQueue = 64 * 1024 * 1024;
/** Characters after which they are given to the system, and milliseconds after which they are in any case. */
const piece = 64 * 1024;
const delay = 500;
/** Beyond `limit` and `queue`, for lines that are no messages: whose each session is, and how it has ended. */
const spare = 16 * 1024 * 1024;

interface Piece {
  readonly bytes: Buffer;
  readonly at: number;
}

export class TranscriptFile implements Transcript {
  #run = 1;
  /** It has a session of this run. */
  #runHasBegun = false;
  readonly #options: TranscriptFileOptions;
  #file: string;
  readonly #limit: number;
  readonly #queue: number;
  #begun = false;
  #ended = false;
  #descriptor: number | undefined;
  #text = '';
  /** What the system has not taken, in order. The first is being written while `#writing`. */
  readonly #pieces: Piece[] = [];
  #writing = false;
  /** Bytes of `#pieces`, and where the next one goes in the file. */
  #waiting = 0;
  #position = 0;
  #dropped = 0;
  #why: string | undefined;
  #timer: Timer | undefined;
  /** Wait until nothing is left to be written. */
  readonly #drains = new Set<() => void>();

  constructor(options: TranscriptFileOptions) {
    this.#options = options;
    this.#file = options.file;
    this.#limit = options.limit ?? defaultLimit;
    this.#queue = options.queue ?? defaultQueue;
  }

  get file(): string {
    return this.#file;
  }

  /** What is not in it, a sentence. `undefined`: all is there. */
  get lacks(): string | undefined {
    if (this.#dropped === 0) return undefined;
    const messages = `${this.#dropped} ${this.#dropped === 1 ? 'message is' : 'messages are'}`;
    return `${messages} not in the transcript of this run, ${this.file}: ${this.#why}`;
  }

  get run(): number {
    return this.#run;
  }

  /** Another run begins. One without sessions does not count. */
  nextRun(): void {
    if (this.#runHasBegun) this.#run++;
    this.#runHasBegun = false;
  }

  takes(bytes: number): boolean {
    const why = this.#whyNot(bytes);
    if (why === undefined) return true;
    this.#why ??= why;
    this.#dropped++;
    return false;
  }

  add(session: string, event: OwnEvent): void {
    if (this.#ended) return;
    if (!this.#begun) this.#begin();
    if (event.e === 'open' || event.e === 'taken') this.#runHasBegun = true;
    if (this.#descriptor === undefined) return;
    if (this.#waiting >= this.#queue + spare || this.#position >= this.#limit + spare) return;
    this.#append({ t: this.#now(), s: session, ...event } as TranscriptEvent);
  }

  record(value: unknown): Recorded {
    try {
      return recordValue(value, { base64, redact: true });
    } catch (thrown) {
      // A getter or a proxy of the user's threw.
      return { $lost: this.text(`a value that cannot be read: ${messageOf(thrown)}`) };
    }
  }

  text(text: string): string {
    return redactText(text);
  }

  /**
   * Has written all that it has so far when it returns, and takes more. What the system is writing at this moment is written
   * again, at the same place.
   */
  flush(): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#cut();
    this.#try(() => {
      for (const { bytes, at } of this.#pieces) writeAll(descriptor, bytes, at);
      // The system tells of the first one later.
      for (const { bytes } of this.#pieces.splice(this.#writing ? 1 : 0)) this.#waiting -= bytes.length;
    });
  }

  /** Resolves when the system has written all, also what comes meanwhile, or can write no more; at the latest after `timeout` ms. */
  async drained(timeout: number): Promise<void> {
    this.#cut();
    if (this.#pieces.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drains.add(resolve);
    const timer = this.#options.clock.after(timeout, resolve);
    await promise;
    timer.cancel();
    this.#drains.delete(resolve);
  }

  /**
   * Takes no more, and has written all when it returns: what the system is writing at this moment is written again, at the
   * same place. What cannot be written is told, and throws nothing.
   */
  close(): void {
    if (this.#ended) return;
    if (this.#descriptor !== undefined)
      this.#append({ e: 'end', t: this.#now(), dropped: this.#dropped } satisfies TranscriptEnd);
    this.#ended = true;
    this.#cut();
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#try(() => {
      for (const { bytes, at } of this.#pieces.splice(0)) writeAll(descriptor, bytes, at);
      // The number of a file that is closed is given to the next one, which the system would then write into.
      if (!this.#writing) closeSync(descriptor);
    });
    this.#descriptor = undefined;
    this.#drain();
  }

  #whyNot(bytes: number): string | undefined {
    if (this.#ended) return 'it was complete when they came';
    if (this.#begun && this.#descriptor === undefined) return 'it could not be written';
    if (this.#position + this.#text.length + bytes > this.#limit)
      return `with ${Math.round(this.#limit / 1024 / 1024)} MiB it is full`;
    if (this.#waiting + this.#text.length + bytes > this.#queue)
      return 'they came faster than the disk could take them';
    return undefined;
  }

  /** The first session makes the file: of a run without any there is none. */
  #begin(): void {
    this.#begun = true;
    this.#try(() => {
      mkdirSync(dirname(this.#file), { recursive: true });
      this.#descriptor = this.#opened();
      this.#append(this.#options.header);
    });
  }

  #opened(): number {
    const { another } = this.#options;
    for (let number = 2; ; number++) {
      try {
        // Messages are the user's alone.
        return openSync(this.#file, 'wx', 0o600);
      } catch (thrown) {
        if (another === undefined || (thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
        this.#file = another(number);
      }
    }
  }

  #append(line: TranscriptHeader | TranscriptEvent | TranscriptEnd): void {
    this.#text += `${JSON.stringify(line)}\n`;
    if (this.#text.length >= piece) {
      this.#cut();
      return;
    }
    if (this.#timer !== undefined) return;
    this.#timer = this.#options.clock.after(delay, () => this.#cut());
    this.#timer.unref();
  }

  /** What was collected is one piece. */
  #cut(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#pieces.push({ bytes, at: this.#position });
    this.#position += bytes.length;
    this.#waiting += bytes.length;
    if (!this.#ended) this.#write();
  }

  #write(): void {
    const [descriptor, next] = [this.#descriptor, this.#pieces[0]];
    if (descriptor === undefined || next === undefined || this.#writing) return;
    this.#writing = true;
    const { bytes, at } = next;
    (this.#options.write ?? write)(descriptor, bytes, 0, bytes.length, at, (error, written) => {
      this.#writing = false;
      // `close` has written what was left, or a `flush` has failed, and has left the file open for this.
      if (this.#descriptor !== descriptor) close(descriptor, () => {});
      else if (error !== null) this.#fail(error);
      else this.#wrote(next, written);
    });
  }

  #wrote({ bytes, at }: Piece, written: number): void {
    this.#waiting -= written;
    if (written < bytes.length) this.#pieces[0] = { bytes: bytes.subarray(written), at: at + written };
    else this.#pieces.shift();
    this.#write();
    if (this.#pieces.length === 0) this.#drain();
  }

  #drain(): void {
    for (const drained of this.#drains) drained();
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    this.#timer?.cancel();
    this.#pieces.length = 0;
    this.#drain();
    if (descriptor !== undefined && !this.#writing) close(descriptor, () => {}); // what failed is told
    this.#options.warn(`the transcript of this run is not kept: ${messageOf(thrown)}`);
  }

  /** Tenths of a millisecond are enough. */
  #now(): number {
    const { clock, began = 0 } = this.#options;
    return Math.round((clock.now() - began) * 10) / 10;
  }
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

function writeAll(descriptor: number, bytes: Buffer, at: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(descriptor, bytes, written, bytes.length - written, at + written);
}
