/** What the sessions of a run have waited for, and which test files had some: for its summary. */
import { nameOf, type HolderLabel } from '../base/holder-label.ts';
import { Quantiles } from '../base/quantiles.ts';
import type { PoolStats } from './types.ts';

/** Test files that are told apart. */
const mostFiles = 100_000;

/** A call that wanted a slot. */
export interface WaitedCall extends HolderLabel {
  /** `file:line:column` of the call, if it is known. */
  readonly takenAt?: string | undefined;
}

export class RunCounts {
  #waits = new Quantiles();
  #waited = 0;
  #total = 0;
  #capped = 0;
  #longest: (() => WaitedCall) | undefined;
  readonly #files = new Set<string>();

  /**
   * A call is over, whether it got a slot or not.
   * @param time milliseconds
   * @param capped it waited for a child, of which all pools of the host may have no more
   * @param call Asked for only of the longest
   */
  waited(time: number, capped: boolean, call: () => WaitedCall): void {
    if (this.#longest === undefined || time > this.#waits.max) this.#longest = call;
    this.#waits.add(time);
    if (time < 1) return;
    this.#waited++;
    this.#total += time;
    if (capped) this.#capped++;
  }

  /** A session was opened for a test of this file. */
  opened(file: string | undefined): void {
    if (file !== undefined && this.#files.size < mostFiles) this.#files.add(file);
  }

  /** Another run begins. */
  clear(): void {
    this.#waits = new Quantiles();
    [this.#waited, this.#total, this.#capped] = [0, 0, 0];
    this.#longest = undefined;
    this.#files.clear();
  }

  stats(): Pick<PoolStats, 'longestWait' | 'waits' | 'files'> {
    const waits = this.#waits;
    const longestOf = this.#waited === 0 ? undefined : this.#longest?.();
    return {
      longestWait: Math.round(waits.max),
      waits: {
        count: this.#waited,
        capped: this.#capped,
        total: Math.round(this.#total),
        p50: Math.round(waits.at(0.5)),
        p95: Math.round(waits.at(0.95)),
        ...(longestOf !== undefined && { longestOf: nameOf(longestOf, 'a session') }),
      },
      files: this.#files.size,
    };
  }
}
