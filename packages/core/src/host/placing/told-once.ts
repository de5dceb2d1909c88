/** What is told once, until it may be news again. Pure. */

/** Things that are remembered; the oldest may be told again. */
const most = 1_000;

export class ToldOnce {
  readonly #told = new Set<string>();

  /** True: for the first time. @param what names it, in any way */
  isNews(...what: readonly string[]): boolean {
    const told = what.join('\0');
    if (this.#told.has(told)) return false;
    this.#told.add(told);
    const [oldest] = this.#told;
    if (this.#told.size > most && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }

  /** It is over, and is news when it comes again. */
  forget(...what: readonly string[]): void {
    this.#told.delete(what.join('\0'));
  }

  clear(): void {
    this.#told.clear();
  }
}
