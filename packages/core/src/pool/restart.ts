/** When to stop starting new children. Pure; time is passed in. */

/** The option `restarts` of a pool. */
export interface RestartLimits {
  /** Failures within `window` after which the pool gives up. Default 10 for each of its children. */
  readonly maxFailures: number;
  /** Milliseconds. Default 60,000. */
  readonly window: number;
  /** Failed starts in a row after which it gives up, however slow they were. Default 3. */
  readonly maxFailedStarts: number;
  /** Children in a row that end before they have answered anything, after which it gives up. Default 4, and one for each child. */
  readonly maxEarlyExits: number;
}

/** A useless one has ended before any session had a message of it. */
export type LifeKind = 'life' | 'useless life';

/** Several children can die at once. But a program that does not start, does not start on any of them. */
export function defaultRestarts(children: number): RestartLimits {
  return { maxFailures: 10 * children, window: 60_000, maxFailedStarts: 3, maxEarlyExits: 4 + children };
}

export class RestartPolicy {
  readonly #limits: RestartLimits;
  #failures: number[] = [];
  #failedStarts = 0;
  #earlyExits = 0;
  #total = 0;
  /** It will fail again, whatever is tried. */
  #hopeless: string | undefined;

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** Failures since the beginning. */
  get total(): number {
    return this.#total;
  }

  started(): void {
    this.#failedStarts = 0;
  }

  /** @param hopeless why it will fail again, half a sentence; `undefined`: it may not */
  failed(phase: 'start' | LifeKind, now: number, hopeless?: string): void {
    this.#hopeless ??= hopeless;
    this.#total++;
    this.#failures.push(now);
    if (phase === 'start') this.#failedStarts++;
    else this.#earlyExits = phase === 'life' ? 0 : this.#earlyExits + 1;
  }

  /** Why no new child is started, as half a sentence; `undefined`: one may be. */
  givesUp(now: number): string | undefined {
    const { maxFailures: max, window: within, maxFailedStarts, maxEarlyExits } = this.#limits;
    this.#failures = this.#failures.filter((at) => now - at < within);
    if (this.#hopeless !== undefined) return this.#hopeless;
    if (this.#failedStarts >= maxFailedStarts) return `it failed to start ${this.#failedStarts} times in a row`;
    if (this.#earlyExits >= maxEarlyExits && this.#failures.length >= maxEarlyExits) {
      return `${this.#earlyExits} children in a row ended before they had answered anything`;
    }
    if (this.#failures.length >= max) return `it failed ${this.#failures.length} times within ${Math.round(within)} ms`;
    return undefined;
  }

  /** Something has changed: the binary, or a new run begins. */
  resetFailures(): void {
    this.#failures = [];
    this.#failedStarts = 0;
    this.#hopeless = undefined;
    this.#earlyExits = 0;
  }
}
