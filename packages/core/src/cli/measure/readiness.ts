/** When a command counts as ready, as far as its output shows it. */
import type { Clock } from '../../base/clock.ts';

/** `exit`: when it has ended by itself, with code 0. `output`: at its first output, or the first that matches. */
export type Readiness = { readonly kind: 'exit' } | { readonly kind: 'output'; readonly pattern?: RegExp | undefined };

/** Characters of each stream that are kept: a pattern matches no longer text. */
const kept = 64 * 1024;

/** Looks for the sign in what a command writes; each stream is searched by itself. */
export class OutputWatch {
  /** Settles with the time, by the clock, at which the sign came. */
  readonly seen: Promise<number>;
  readonly #sign = Promise.withResolvers<number>();
  readonly #readiness: Readiness;
  readonly #clock: Clock;
  readonly #streams = new Map<string, { readonly decoder: TextDecoder; text: string }>();
  #over = false;

  constructor(readiness: Readiness, clock: Clock) {
    this.#readiness = readiness;
    this.#clock = clock;
    this.seen = this.#sign.promise;
  }

  /** The sign has come. */
  get over(): boolean {
    return this.#over;
  }

  push(stream: string, chunk: Uint8Array): void {
    if (this.#over || this.#readiness.kind === 'exit') return;
    const { pattern } = this.#readiness;
    this.#over = pattern === undefined || pattern.test(this.#textOf(stream, chunk));
    if (this.#over) this.#sign.resolve(this.#clock.now());
  }

  #textOf(name: string, chunk: Uint8Array): string {
    const stream = this.#streams.get(name) ?? { decoder: new TextDecoder(), text: '' };
    this.#streams.set(name, stream);
    stream.text = (stream.text + stream.decoder.decode(chunk, { stream: true })).slice(-kept);
    return stream.text;
  }
}

/** For a sentence such as "ready at its first output". */
export function describeReadiness(readiness: Readiness): string {
  if (readiness.kind === 'exit') return 'when it has ended by itself';
  const { pattern } = readiness;
  return pattern === undefined ? 'at its first output' : `at the first output that matches ${pattern.source}`;
}
