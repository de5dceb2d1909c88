/** Equal leaks, told once with their number. Bounded: one that repeats itself costs one line, and others are counted. */
import { callerLocation, nameOf, type HolderLabel } from '../base/holder-label.ts';
import type { CallSite } from '../base/errors.ts';

/** Different ones of each kind that one owner tells. */
const most = 10;

export interface Leak {
  /** "a loop that waits for events of session s7 of pool "echo"" */
  readonly what: string;
  readonly site: CallSite;
  readonly holder: HolderLabel;
  /** As `PoolOptions` has it. */
  readonly leaks: 'warn' | 'fail';
}

interface Repeated {
  readonly leak: Leak;
  count: number;
}

/** Those of one kind: what fails nothing does not take the place of what does. */
export class LeakLines {
  readonly #found = new Map<string, Repeated>();
  /** Others, of which there is no room. */
  #others = 0;

  /** @returns whether it is the first of its kind, and there is room for it */
  add(leak: Leak): boolean {
    const line = lineOf(leak);
    const known = this.#found.get(line);
    if (known !== undefined) known.count++;
    else if (this.#found.size === most) this.#others++;
    else {
      this.#found.set(line, { leak, count: 1 });
      return true;
    }
    return false;
  }

  get first(): Leak | undefined {
    const [first] = this.#found.values();
    return first?.leak;
  }

  /** Different ones after the first, as far as they are told apart. */
  get more(): number {
    return Math.max(this.#found.size - 1, 0) + this.#others;
  }

  /** A line each. */
  lines(): string[] {
    const lines = [...this.#found].map(([line, { count }]) => (count === 1 ? line : `${line}, ${count} times`));
    const { first } = this;
    if (first === undefined || this.#others === 0) return lines;
    const { file } = first.holder;
    return [...lines, `${file === undefined ? 'tests' : `tests of ${file}`}: ${this.#others} more such calls`];
  }
}

/** "test "adds" (cart.test.ts:3:5): called "get" in session s7 of pool "echo" after its end" */
export function lineOf({ what, site, holder }: Leak): string {
  return `test ${nameOf({ ...holder, takenAt: callerLocation(site) }, 'without a name')}: ${what}`;
}
