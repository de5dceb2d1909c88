/** A renderer without Carpool: a test sends it exact bytes, and all its answers are kept. */
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { lengthPrefixed, newlineDelimited, type FrameLimits, type Framing } from 'carpool/protocol';
import { Packr } from 'msgpackr/pack';
import type { Subject } from '../conformance/subject.ts';
import { closing } from '../support/place.ts';

export interface Heard {
  readonly type: string;
  readonly session?: string;
  readonly id?: string;
  readonly family?: string;
  readonly [field: string]: unknown;
}

export interface Outcome {
  /** By session, in order; `''` is the renderer itself. Between sessions there is no order. */
  readonly heard: Readonly<Record<string, readonly Heard[]>>;
  readonly code: number | null;
}

interface Speech {
  readonly framing: Framing;
  encode(message: unknown): Uint8Array;
  decode(payload: Uint8Array): unknown;
}

const limits: FrameLimits = { maxFrameBytes: 64 * 1024 * 1024 };
// `auto` is documented, but not in its types: a number where a number is exact.
const packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'auto' as 'number' });

/** Not the formats of Carpool: they limit how deeply a message nests, and the limit tried here is the renderer's. */
const speeches: Readonly<Record<Subject['format'], Speech>> = {
  msgpack: {
    framing: lengthPrefixed(),
    encode: (message) => packr.pack(message),
    decode: (payload) => packr.unpack(payload) as unknown,
  },
  json: {
    framing: newlineDelimited,
    encode: (message) => Buffer.from(JSON.stringify(message)),
    decode: (payload) => JSON.parse(Buffer.from(payload).toString()) as unknown,
  },
};

export class Raw {
  readonly format: Subject['format'];
  readonly #child: ChildProcess;
  readonly #speech: Speech;
  readonly #all: Heard[] = [];
  #unread: Heard[] = [];
  /** Emits `news` for each message, and at the end of the output. */
  readonly #ear = new EventEmitter();
  #ended = false;
  readonly #over: Promise<unknown>;

  constructor(subject: Subject, args: readonly string[]) {
    this.format = subject.format;
    this.#speech = speeches[subject.format];
    const all = [...subject.rendererArgs, `--${subject.mode}`, ...args];
    const child = spawn(subject.rendererPath, all, { stdio: ['pipe', 'pipe', 'ignore'], env: subject.env });
    this.#child = child;
    this.#over = once(child, 'close');
    closing({ close: () => child.exitCode === null && child.kill('SIGKILL') && this.#over });
    child.stdin.on('error', () => {}); // the renderer may end before it has read everything
    const unframer = this.#speech.framing.unframer(limits);
    child.stdout.on('data', (chunk: Buffer) => unframer.push(chunk, (payload) => this.#hear(payload)));
    child.stdout.once('end', () => {
      this.#ended = true;
      this.#ear.emit('news');
    });
  }

  #hear(payload: Uint8Array): void {
    const message = this.#speech.decode(payload) as Heard;
    this.#all.push(message);
    this.#unread.push(message);
    this.#ear.emit('news');
  }

  say(...messages: readonly object[]): void {
    for (const message of messages) this.bytes(this.framed(message));
  }

  /** The message as the renderer reads it. */
  framed(message: object): Buffer {
    const payload = this.#speech.encode(message);
    const { head, tail } = this.#speech.framing.frame(payload, limits);
    return Buffer.concat([head, payload, tail]);
  }

  bytes(bytes: Uint8Array | string): void {
    this.#child.stdin?.write(bytes);
  }

  /** The next message with these fields. Those before it stay unread. */
  async hears(wanted: Partial<Heard>): Promise<Heard> {
    const fields = Object.entries(wanted);
    for (;;) {
      const found = this.#unread.find((message) => fields.every(([name, value]) => message[name] === value));
      if (found !== undefined) {
        this.#unread = this.#unread.filter((message) => message !== found);
        return found;
      }
      if (this.#ended) throw new Error(`The renderer ended before it said ${JSON.stringify(wanted)}`);
      await once(this.#ear, 'news');
    }
  }

  /** Ends the input, and waits for the renderer to end. */
  async end(): Promise<Outcome> {
    this.#child.stdin?.end();
    await this.#over;
    const heard: Record<string, Heard[]> = {};
    for (const message of this.#all) (heard[message.session ?? ''] ??= []).push(message);
    return { heard, code: this.#child.exitCode };
  }
}
