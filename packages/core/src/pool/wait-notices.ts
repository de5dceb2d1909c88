/**
 * One line about what a run waits for. On a terminal it is there while the wait lasts, and goes away; elsewhere it is
 * written once, and late: a log must not fill with what was a short wait.
 */
import type { Clock, Timer } from '../base/clock.ts';

/** stderr, as far as it is used. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** What a pool waits for. */
export type WaitKind = 'start' | 'slot';

/** Takes the waits of pools. */
export interface Notices {
  /**
   * A wait begins.
   * @param describe a sentence about it, after so many seconds
   * @returns ends it
   */
  begin(pool: string, kind: WaitKind, describe: (seconds: number) => string): () => void;
  /** A new run begins: what was written about this pool may be written again. */
  renew(pool: string): void;
}

/** Milliseconds until a wait is worth a line, and between two updates of it. */
const onTerminal = 1_000;
const elsewhere = 10_000;
/** To the beginning of the line, and clear it. */
const clear = '\r\u001B[2K';

interface Wait {
  readonly pool: string;
  readonly kind: WaitKind;
  readonly since: number;
  readonly describe: (seconds: number) => string;
}

export class WaitNotices implements Notices {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #waits = new Set<Wait>();
  /** Written elsewhere than on a terminal. */
  readonly #written = new Map<string, Set<WaitKind>>();
  #timer: Timer | undefined;
  #shown = false;

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal;
    this.#clock = clock;
  }

  begin(pool: string, kind: WaitKind, describe: (seconds: number) => string): () => void {
    const wait: Wait = { pool, kind, since: this.#clock.now(), describe };
    this.#waits.add(wait);
    this.#schedule(this.#first);
    return () => this.#end(wait);
  }

  renew(pool: string): void {
    this.#written.delete(pool);
  }

  get #first(): number {
    return this.#terminal.isTTY === true ? onTerminal : elsewhere;
  }

  #end(wait: Wait): void {
    this.#waits.delete(wait);
    if (this.#waits.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#hide();
  }

  #schedule(milliseconds: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#clock.after(milliseconds, () => this.#tick());
    // A line about a wait keeps no process alive.
    this.#timer.unref();
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const long = [...this.#waits].filter(({ since }) => now - since >= this.#first);
    if (this.#terminal.isTTY === true) this.#show(long[0], now);
    else for (const wait of long) this.#write(wait, now);
    this.#schedule(onTerminal);
  }

  #show(wait: Wait | undefined, now: number): void {
    if (wait === undefined) {
      this.#hide();
      return;
    }
    this.#shown = true;
    // A line that wraps could not be cleared.
    this.#terminal.write(clear + cut(sentence(wait, now), (this.#terminal.columns ?? 120) - 1));
  }

  #hide(): void {
    if (this.#shown) this.#terminal.write(clear);
    this.#shown = false;
  }

  #write(wait: Wait, now: number): void {
    const written = this.#written.get(wait.pool) ?? new Set();
    this.#written.set(wait.pool, written);
    if (written.has(wait.kind)) return;
    written.add(wait.kind);
    this.#terminal.write(`${sentence(wait, now)}\n`);
  }
}

function sentence({ pool, since, describe }: Wait, now: number): string {
  return `carpool: ${pool}: ${describe(Math.round((now - since) / 1_000))}`;
}

/** At the end of a word. */
function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = text.lastIndexOf(' ', width - 1);
  return `${text.slice(0, end > 0 ? end : width - 1)}…`;
}
