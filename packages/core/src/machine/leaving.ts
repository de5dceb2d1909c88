/**
 * How a host that offers its pools leaves those that use them, before it ends: it takes no more sessions of other hosts, and
 * those that are open may end. Pure but for the clock.
 *
 *   first signal ─▶ offers nothing more ─▶ the last session has ended, the time is over, or a second signal ─▶ ends
 */
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { openText, type OpenElsewhere } from '../wire/open-elsewhere.ts';
import type { LeavingStatus } from '../wire/status.ts';

export interface LeavingOptions {
  /** Milliseconds; null: any time. */
  readonly limit: number | null;
  /** Undefined: nothing, also no answer that is on its way, or is to come at the end of a test. */
  readonly open: () => OpenElsewhere | undefined;
  /** Offers nothing more, and sends away what waits. */
  readonly begun: () => void;
  /** Ends the host, by this signal. Called again for each that comes later. */
  readonly end: (signal: NodeJS.Signals) => void;
  readonly print: (line: string) => void;
  readonly clock?: Clock | undefined;
}

/** Milliseconds between two looks: what was sent away is gone by the first. */
const interval = 100;
/** Milliseconds in which signals are one: what ends a group of processes, or a unit of systemd, may come on two ways. */
const together = 500;

export class Leaving {
  readonly #options: LeavingOptions;
  readonly #clock: Clock;
  /** The first signal. */
  #first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  #hasBegun = false;
  #told = false;
  #timer: Timer | undefined;

  constructor(options: LeavingOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Undefined: it does not leave. */
  get status(): LeavingStatus | undefined {
    if (!this.#hasBegun || this.#first === undefined) return undefined;
    const { limit, open } = this.#options;
    const left = limit === null ? undefined : Math.max(0, Math.round(this.#first.at + limit - this.#clock.now()));
    return { sessions: 0, runs: 0, ...open(), left };
  }

  signalled(signal: NodeJS.Signals): void {
    const { limit, open, begun, end } = this.#options;
    const now = this.#clock.now();
    const first = (this.#first ??= { signal, at: now });
    if (this.#hasBegun && signal !== 'SIGHUP' && now - first.at < together) return;
    // A terminal that is gone is not waited for.
    if (this.#hasBegun || signal === 'SIGHUP' || limit === 0 || open() === undefined) {
      end(signal);
      return;
    }
    this.#hasBegun = true;
    begun();
    this.#next();
  }

  /** The host ends. */
  cancel(): void {
    this.#timer?.cancel();
  }

  #next(): void {
    this.#timer = this.#clock.after(interval, () => this.#look());
  }

  #look(): void {
    const { limit, open, end, print } = this.#options;
    const { signal = 'SIGTERM', at = 0 } = this.#first ?? {};
    const left = open();
    if (left === undefined) {
      end(signal);
      return;
    }
    const most = limit ?? Infinity;
    if (this.#clock.now() - at >= most) {
      print(`leaving: ${openText(left)} after ${secondsOf(most)} s: ended now`);
      end(signal);
      return;
    }
    if (!this.#told) {
      const bound = limit === null ? '' : `, at most ${secondsOf(limit)} s`;
      print(`leaving: ${openText(left)}${bound}; a second signal (Ctrl-C) ends them at once`);
      this.#told = true;
    }
    this.#next();
  }
}

function secondsOf(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
