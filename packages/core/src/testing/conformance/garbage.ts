/** What the process makes of bytes that are no message: without a pool, which would not send any. */
import { systemClock } from '../../base/clock.ts';
import { noop } from '../../base/noop.ts';
import { launch } from '../../pool/launch.ts';
import { poolSettings } from '../../pool/options.ts';
import { endsWithin } from './confirmation.ts';
import { poolOptionsOf, type Check, type Known, type ProtocolSubject } from './subject.ts';

const bytes = new Uint8Array([...new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'), 0xff, 0xfe, 0x0a, 0xc1, 0xc1]);
/** Milliseconds, from when it reads the end of its input, for the process to end. */
const patience = 5_000;

export const garbage: Check = {
  title: 'garbage on stdin is said on stderr',
  unlooked: ({ server }) =>
    server === undefined ? undefined : 'was not looked at: a server takes no messages on stdin',
  async run(subject, { known }) {
    if (known.start === undefined) return 'was not looked at: the process does not start';
    const { silent, fed } = await (subject.oneAtATime === true ? inTurn(subject, known) : together(subject, known));
    if (fed.code === undefined)
      return 'does not end when its input ends after garbage: a mistake of the codec will be a wait, not an error';
    if (fed.lines > silent.lines) return undefined;
    if (fed.code !== 0) return `ends at garbage (${fed.code}) and does not say why on stderr`;
    return 'passes over garbage and says nothing: a message that it cannot read is a request without a reply, until `requestTimeout`';
  },
};

interface Fed {
  /** Undefined: it did not end when its input ended. */
  readonly code: number | string | undefined;
  /** Lines on stderr. */
  readonly lines: number;
}

/** One process that gets garbage, and one that gets nothing, for comparison. */
interface Both {
  readonly silent: Fed;
  readonly fed: Fed;
}

/**
 * The input ends as soon as there is a process, which then has yet to start; it cannot say when it has got so far as to read.
 * The one that gets nothing shows it, by its end.
 */
async function together(subject: ProtocolSubject, known: Known): Promise<Both> {
  const other = await Feeding.start(subject, new Uint8Array());
  const feeding = await Feeding.start(subject, bytes);
  const silent = await other.over(untilRead(subject, known) + patience);
  return { silent, fed: await feeding.over(patience) };
}

async function inTurn(subject: ProtocolSubject, known: Known): Promise<Both> {
  const began = performance.now();
  const silent = await (await Feeding.start(subject, new Uint8Array())).over(untilRead(subject, known) + patience);
  const took = performance.now() - began;
  return { silent, fed: await (await Feeding.start(subject, bytes)).over(2 * took + patience) };
}

/** The most milliseconds that it may take to start. If it does not end with its input, all of them are waited for. */
function untilRead(subject: ProtocolSubject, { endsWithInput = false, start = 0 }: Known): number {
  return endsWithInput ? poolSettings('subject', poolOptionsOf(subject)).helloTimeout : 2 * start;
}

/** A process whose input is this and no more. */
class Feeding {
  readonly #child: Child;
  readonly #lines: () => number;

  private constructor(child: Child, lines: () => number) {
    this.#child = child;
    this.#lines = lines;
  }

  static async start(subject: ProtocolSubject, input: Uint8Array): Promise<Feeding> {
    let lines = 0;
    const { child } = await launch({
      settings: poolSettings('subject', { ...poolOptionsOf(subject), forwardStderr: true }),
      clock: systemClock,
      onStderr: (chunk) => (lines += chunk.filter((byte) => byte === newline).length),
      warn: (message) => console.warn(message),
    });
    child.output.on('data', noop);
    child.input.end(input);
    return new Feeding(child, () => lines);
  }

  /** Ends it, if it does not end by itself in so many milliseconds. */
  async over(milliseconds: number): Promise<Fed> {
    const hasEnded = await endsWithin(this.#child.exited, milliseconds);
    const status = await this.#child.kill();
    const code = status.kind === 'exited' ? status.code : status.signal;
    return { code: hasEnded ? code : undefined, lines: this.#lines() };
  }
}

type Child = Awaited<ReturnType<typeof launch>>['child'];
const newline = 0x0a;
