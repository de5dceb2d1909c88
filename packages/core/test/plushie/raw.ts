/** A renderer without Carpool before it: what is said to it, byte for byte, and all it says. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Mailbox } from '../../src/base/mailbox.ts';
import { defaultLimits, type Codec } from '../../src/codec/codec.ts';
import { newlineDelimited } from '../../src/codec/delimited.ts';
import { Frame } from '../../src/codec/frame.ts';
import { jsonFormat } from '../../src/codec/json.ts';
import { lengthPrefixed } from '../../src/codec/length-prefixed.ts';
import { msgpackFormat } from '../../src/codec/msgpack.ts';
import { StreamTransport } from '../../src/transport/stream.ts';
import { closing } from '../support/pools.ts';
import type { Subject } from './subject.ts';

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

/** Without a limit of our own on nesting: the renderer's is tried. */
const maxDepth = 1_000;

const codecs: Readonly<Record<Subject['format'], Codec>> = {
  msgpack: { name: 'msgpack', framing: lengthPrefixed, format: msgpackFormat({ maxDepth }) },
  json: { name: 'json-lines', framing: newlineDelimited, format: jsonFormat({ maxDepth }) },
};

export class Raw {
  readonly format: Subject['format'];
  readonly #child: ChildProcess;
  readonly #codec: Codec;
  readonly #transport: StreamTransport;
  readonly #all: Heard[] = [];
  readonly #unread = new Mailbox<Heard>(100_000);
  readonly #over: Promise<unknown>;

  constructor(subject: Subject, args: readonly string[]) {
    this.format = subject.format;
    this.#codec = codecs[subject.format];
    const all = [...subject.rendererArgs, `--${subject.mode}`, ...args];
    const child = spawn(subject.rendererPath, all, { stdio: ['pipe', 'pipe', 'ignore'], env: subject.env });
    this.#child = child;
    this.#over = once(child, 'close');
    closing({ close: () => child.exitCode === null && child.kill('SIGKILL') && this.#over });
    child.stdin?.on('error', () => {}); // it may end before it has read everything
    this.#transport = new StreamTransport(child.stdout, child.stdin, { codec: this.#codec, limits: defaultLimits });
    this.#transport.start({
      frame: (frame) => {
        const message = frame.message as Heard;
        this.#all.push(message);
        this.#unread.push(message);
      },
      closed: () => this.#unread.close(),
    });
  }

  say(...messages: readonly object[]): void {
    for (const message of messages) this.#transport.send(Frame.of(message, this.#codec.format));
  }

  /** The message as the renderer reads it. */
  framed(message: object): Buffer {
    const payload = this.#codec.format.encode(message);
    const { head, tail } = this.#codec.framing.frame(payload, defaultLimits);
    return Buffer.concat([head, payload, tail]);
  }

  bytes(bytes: Uint8Array | string): void {
    this.#child.stdin?.write(bytes);
  }

  /** The next message that is one. What was passed over can still be found. */
  async hears(isIt: Partial<Heard>): Promise<Heard> {
    const matches = (message: Heard): boolean => Object.entries(isIt).every(([name, value]) => message[name] === value);
    const found = await this.#unread.take(matches).item;
    if (found === undefined) throw new Error(`it ended before it said ${JSON.stringify(isIt)}`);
    return found;
  }

  /** Resolves when it has ended by itself, or because its input has. */
  async end(): Promise<Outcome> {
    this.#transport.close();
    await this.#over;
    const heard: Record<string, Heard[]> = {};
    for (const message of this.#all) (heard[message.session ?? ''] ??= []).push(message);
    return { heard, code: this.#child.exitCode };
  }
}
