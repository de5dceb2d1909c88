/** What runs at an end: newest first, one after another, each once. Called by hand, one runs at once. */
import { setImmediate } from '../../base/natives.ts';

export class Teardowns {
  readonly #waiting = new Set<() => Promise<void>>();
  /** Called by hand and still running. */
  readonly #running = new Set<Promise<void>>();
  #over = false;

  add(run: (() => Promise<void>) | (() => void)): () => Promise<void> {
    let done = false;
    const once = async (): Promise<void> => {
      if (done) return;
      done = true;
      this.#waiting.delete(once);
      const running = (async () => await run())();
      this.#running.add(running);
      await running.finally(() => this.#running.delete(running));
    };
    // Added after the end: it runs soon.
    if (this.#over) setImmediate(() => void once());
    else this.#waiting.add(once);
    return once;
  }

  /** Where there is no time: all of them at once, and as much as each does before it waits. */
  start(): void {
    // Their failures have no receiver any more.
    for (const once of [...this.#waiting].toReversed()) void once().catch(() => {});
  }

  /** All of them, whatever fails. Rejects with the first failure. */
  async run(): Promise<void> {
    this.#over = true;
    await Promise.allSettled(this.#running); // the code that called them by hand receives their failures
    const failures: unknown[] = [];
    for (const once of [...this.#waiting].toReversed()) {
      try {
        await once();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
