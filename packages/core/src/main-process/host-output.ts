/** What a host prints, and what it starts with its output: it goes to the user's stderr, each line of its stdout marked. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { systemClock } from '../base/clock.ts';
import { fromRecord, toRecord, type CarpoolError } from '../base/errors.ts';
import { Tail } from '../base/tail.ts';
import { within } from '../base/wait.ts';

const mark = 'carpool host: ';
/** A line that does not end is cut here, in characters. */
const longest = 16 * 1024;

/** Milliseconds for the last output after the exit. What the host started may hold the stream open for longer. */
const lastTimeout = 100;
/** Bytes of stderr that an error shows. */
const shownStderr = 4 * 1024;

/**
 * What the host's stderr is. On a terminal it is the terminal itself: a build in a config shows its colours and progress.
 * Elsewhere it is read here, so that an error about the host can show its end.
 */
export function stderrOfHost(): 'inherit' | 'pipe' {
  return process.stderr.isTTY ? 'inherit' : 'pipe';
}

/** Shows the output of a host, and keeps the end of its stderr. */
export class ShownOutput {
  /** Resolves when the host has exited and its last output is shown. */
  readonly over: Promise<void>;
  readonly #stderr = new Tail(shownStderr);

  constructor({ stdout, stderr }: ChildProcess, exited: Promise<void>) {
    const marked = new HostOutput((text) => process.stderr.write(text));
    stdout?.on('data', (chunk: Buffer) => marked.push(chunk));
    stderr?.on('data', (chunk: Buffer) => {
      this.#stderr.push(chunk);
      process.stderr.write(chunk);
    });
    const closing = [stdout, stderr].filter((stream) => stream !== null).map((stream) => untilClosed(stream, exited));
    this.over = Promise.all(closing).then(() => marked.end());
  }

  /** The error, with the end of the host's stderr as its evidence; the error itself where there is none. */
  explain(error: CarpoolError): CarpoolError {
    const stderr = this.#stderr.text();
    if (stderr.trim() === '') return error;
    const record = toRecord(error);
    return fromRecord(
      { ...record, evidence: { ...record.evidence, stderr } },
      { stack: error.stack ?? '' },
      error.cause,
    );
  }
}

async function untilClosed(stream: Readable, exited: Promise<void>): Promise<void> {
  const closed = once(stream, 'close');
  // What the host started may hold it open.
  (stream as Socket).unref();
  await exited;
  const expired = (): Error => new Error('held open');
  await within(closed, { clock: systemClock, timeout: lastTimeout, expired }).catch(() => stream.destroy());
}

class HostOutput {
  readonly #decoder = new StringDecoder();
  readonly #write: (text: string) => void;
  #line = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  push(chunk: Buffer): void {
    const lines = (this.#line + this.#decoder.write(chunk)).split('\n');
    this.#line = lines.pop() ?? '';
    if (this.#line.length > longest) lines.push(this.#takeRest());
    if (lines.length > 0) this.#write(lines.map((line) => `${mark}${line}\n`).join(''));
  }

  /** Writes the last line, which has no end. */
  end(): void {
    if (this.#line !== '') this.#write(`${mark}${this.#takeRest()}\n`);
  }

  #takeRest(): string {
    const rest = this.#line;
    this.#line = '';
    return rest;
  }
}
