/** What a host prints, and what it starts with its stdout: it goes to the user's stderr, each line marked. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';

const mark = 'carpool host: ';
/** A line that does not end is cut here, in characters. */
const longest = 16 * 1024;

/** Milliseconds for the last that it printed. What it started may hold the stream open for longer. */
const lastTimeout = 100;

/** Resolves when the host has exited and the last that it printed is shown. */
export async function showOutput({ stdout }: ChildProcess, exited: Promise<void>): Promise<void> {
  if (stdout === null) return;
  const output = new HostOutput((text) => process.stderr.write(text));
  stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const closed = once(stdout, 'close');
  // What the host started may hold it open.
  (stdout as Socket).unref();
  await exited;
  const expired = (): Error => new Error('held open');
  await within(closed, { clock: systemClock, timeout: lastTimeout, expired }).catch(() => stdout.destroy());
  output.end();
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
