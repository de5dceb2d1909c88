/** What tests of a run have left behind in sessions, as their workers tell it, for the summary. */
import { printable } from '../../base/printable.ts';
import type { LeakSummary } from '../../wire/control.ts';

/** Those that are named. */
const mostNamed = 10;
/** Characters of one. */
const longest = 1_000;

export class RunLeaks {
  /** How often, by line. */
  readonly #first = new Map<string, number>();
  /** Others. */
  #more = 0;

  /** @param found whatever a worker has sent. @returns its answer */
  add(found: unknown): Record<string, never> {
    if (!Array.isArray(found)) return {};
    for (const line of found) this.#add(typeof line === 'string' ? printable(line.slice(0, longest)) : undefined);
    return {};
  }

  /** Another run begins. */
  clear(): void {
    this.#more = 0;
    this.#first.clear();
  }

  /** Equal ones are one. */
  summary(): LeakSummary | undefined {
    const count = this.#first.size + this.#more;
    if (count === 0) return undefined;
    const first = [...this.#first].map(([line, times]) => (times === 1 ? line : `${line} (told ${times} times)`));
    return { count, first };
  }

  #add(line: string | undefined): void {
    const times = line === undefined ? undefined : this.#first.get(line);
    if (line !== undefined && (times !== undefined || this.#first.size < mostNamed))
      this.#first.set(line, (times ?? 0) + 1);
    else this.#more++;
  }
}
