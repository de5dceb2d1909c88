/** What tests of a run have left behind in sessions, as their workers tell it, for the summary. */
import { printable } from '../../base/printable.ts';
import type { LeakSummary } from '../../wire/control.ts';

/** Those that are named. */
const mostNamed = 10;
/** Characters of one. */
const longest = 1_000;

export class RunLeaks {
  #count = 0;
  readonly #first: string[] = [];

  /** @param found whatever a worker has sent. @returns its answer */
  add(found: unknown): Record<string, never> {
    if (!Array.isArray(found)) return {};
    this.#count += found.length;
    const room = mostNamed - this.#first.length;
    const lines = found.filter((line) => typeof line === 'string').slice(0, room);
    this.#first.push(...lines.map((line) => printable(line.slice(0, longest))));
    return {};
  }

  /** Another run begins. */
  clear(): void {
    this.#count = 0;
    this.#first.length = 0;
  }

  summary(): LeakSummary | undefined {
    return this.#count === 0 ? undefined : { count: this.#count, first: [...this.#first] };
  }
}
