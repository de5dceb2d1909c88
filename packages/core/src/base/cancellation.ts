/** Cancelling a wait. Every message and every test waits for something, so it is cheaper than an `AbortController`. */

/** As much of an `AbortSignal` as a wait needs; every `AbortSignal` is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  /** What the wait rejects with. */
  readonly reason: unknown;
  /** `run` is called when it is aborted. */
  addEventListener(type: 'abort', run: () => void): void;
  /** `run` is not called any more. */
  removeEventListener(type: 'abort', run: () => void): void;
}

/** The signal, and what aborts it. */
export class Cancellation implements CancelSignal {
  #makeReason: (() => unknown) | undefined;
  #reason: unknown;
  #aborted = false;
  #listeners: Set<() => void> | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    if (this.#makeReason !== undefined) {
      this.#reason = this.#makeReason();
      this.#makeReason = undefined;
    }
    return this.#reason;
  }

  addEventListener(_type: 'abort', run: () => void): void {
    (this.#listeners ??= new Set()).add(run);
  }

  removeEventListener(_type: 'abort', run: () => void): void {
    this.#listeners?.delete(run);
  }

  /**
   * A second call does nothing. A listener must not throw.
   * @param reason is made when it is first asked for: an error costs a stack
   */
  abort(reason: () => unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#makeReason = reason;
    for (const run of this.#listeners ?? []) run();
    this.#listeners = undefined;
  }
}

/** Aborted when one of two is. `stop` lets go of both. */
export function eitherOf(first: CancelSignal, second: CancelSignal): { readonly signal: CancelSignal; stop(): void } {
  const either = new Cancellation();
  const ofFirst = (): void => either.abort(() => first.reason);
  const ofSecond = (): void => either.abort(() => second.reason);
  if (first.aborted) ofFirst();
  else if (second.aborted) ofSecond();
  first.addEventListener('abort', ofFirst);
  second.addEventListener('abort', ofSecond);
  const stop = (): void => {
    first.removeEventListener('abort', ofFirst);
    second.removeEventListener('abort', ofSecond);
  };
  return { signal: either, stop };
}
