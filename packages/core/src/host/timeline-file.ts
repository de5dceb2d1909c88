/**
 * The timeline of a run as a file: JSON lines, of which the first says whose they are. It is written in pieces, so that a
 * host that is killed leaves all but the last second of it.
 */
import { close, closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/thrown.ts';
import type { ChildEvent, SessionEvent, Timeline, TimelineEvent } from '../base/timeline.ts';
import type { TimelineEnd, TimelineHeader } from '../wire/timeline-lines.ts';

export interface TimelineFileOptions {
  readonly file: string;
  readonly header: TimelineHeader;
  readonly clock: Clock;
  /** What is zero in it, by the clock. Default 0. */
  readonly began?: number | undefined;
  /** Takes a sentence, once, if it cannot be written. */
  readonly warn: (message: string) => void;
  /** Bytes. Default 64 MiB: a session takes about 200. */
  readonly limit?: number | undefined;
}

const defaultLimit = 64 * 1024 * 1024;
/** Characters after which they are written at once, and milliseconds after which they are in any case. */
const piece = 32 * 1024;
const delay = 1_000;

export class TimelineFile implements Timeline {
  readonly #options: TimelineFileOptions;
  readonly #limit: number;
  #begun = false;
  #descriptor: number | undefined;
  #text = '';
  #written = 0;
  #dropped = 0;
  #timer: Timer | undefined;

  constructor(options: TimelineFileOptions) {
    this.#options = options;
    this.#limit = options.limit ?? defaultLimit;
  }

  /** The first makes the file: of a run that shares nothing there is none. */
  add(event: TimelineEvent): void {
    if (!this.#begun) this.#begin();
    if (this.#descriptor === undefined) return;
    if (this.#written + this.#text.length >= this.#limit) this.#dropped++;
    else this.#append(this.#inTenths(event));
  }

  /** Takes no more. What cannot be written is told, and throws nothing. The last line is always written, be the file full or not. */
  close(): void {
    this.#begun = true;
    if (this.#descriptor === undefined) return;
    this.#append({
      event: 'end',
      over: this.#tenths(this.#options.clock.now()),
      dropped: this.#dropped,
    } satisfies TimelineEnd);
    this.flush();
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) this.#try(() => closeSync(descriptor));
  }

  /** Writes what has not been written. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const [descriptor, text] = [this.#descriptor, this.#text];
    this.#text = '';
    if (descriptor === undefined || text === '') return;
    this.#try(() => (this.#written += writeSync(descriptor, text)));
  }

  #begin(): void {
    this.#begun = true;
    const { file, header } = this.#options;
    this.#try(() => {
      mkdirSync(dirname(file), { recursive: true });
      this.#descriptor = openSync(file, 'wx');
      this.#append(header);
    });
  }

  #append(line: TimelineHeader | TimelineEvent | TimelineEnd): void {
    this.#text += `${JSON.stringify(line)}\n`;
    if (this.#text.length >= piece) {
      this.flush();
      return;
    }
    if (this.#timer !== undefined) return;
    this.#timer = this.#options.clock.after(delay, () => this.flush());
    this.#timer.unref();
  }

  /** Tenths of a millisecond are enough. */
  #inTenths(event: TimelineEvent): TimelineEvent {
    const { since, granted, opened, ready, over } = event as Times;
    const to = this.#tenths(over);
    const before = {
      since: this.#tenths(since),
      granted: this.#tenths(granted),
      opened: this.#tenths(opened),
      ready: this.#tenths(ready),
    };
    return { ...event, ...before, over: to } as TimelineEvent;
  }

  #tenths<T extends number | undefined>(time: T): T {
    const { began = 0 } = this.#options;
    return (time === undefined ? time : Math.round((time - began) * 10) / 10) as T;
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      const descriptor = this.#descriptor;
      this.#descriptor = undefined;
      this.#timer?.cancel();
      if (descriptor !== undefined) close(descriptor, () => {}); // what failed is told
      this.#options.warn(`what \`carpool report\` shows of this run is not kept: ${messageOf(thrown)}`);
    }
  }
}

type Times = Pick<TimelineEvent, 'over'> &
  Partial<Pick<SessionEvent, 'since' | 'granted' | 'opened'> & Pick<ChildEvent, 'ready'>>;
