/**
 * Refused connections in the log of the host of the machine: who, and why. Whatever comes, it grows slowly: what is refused
 * for the same reason, from the same machine, is counted for a minute, and so is what is too much.
 *
 *   first ─▶ a line ─▶ counted, for a minute ─▶ a line with how many more ─▶ forgotten
 */
import type { Clock, Timer } from '../base/clock.ts';
import { printable } from '../base/printable.ts';
import type { RefusedConnection } from '../wire/refused-connections.ts';

/** Milliseconds. */
const turn = 60_000;
/** Lines of a turn that name one. The others are counted together. */
const most = 20;
/** Characters of what another process says. */
const longest = 200;

interface Refusals {
  readonly from: string;
  readonly why: string;
  more: number;
}

export class RefusalLog {
  readonly #clock: Clock;
  readonly #print: (text: string) => void;
  readonly #seen = new Map<string, Refusals>();
  #others = 0;
  #turn: Timer | undefined;

  /** @param print takes a line, without its end */
  constructor(clock: Clock, print: (text: string) => void) {
    this.#clock = clock;
    this.#print = print;
  }

  add(connection: RefusedConnection): void {
    const from = connection.from ?? 'this machine';
    const why = shortened(connection.why);
    const key = JSON.stringify([from, why]);
    const known = this.#seen.get(key);
    if (known !== undefined) known.more++;
    else if (this.#seen.size >= most) this.#others++;
    else {
      this.#seen.set(key, { from, why, more: 0 });
      this.#print(`refused: a connection from ${from}${processOf(connection)}: ${why}`);
    }
    if (this.#turn === undefined) this.#turn = this.#next();
  }

  #next(): Timer {
    const timer = this.#clock.after(turn, () => this.#end());
    timer.unref();
    return timer;
  }

  #end(): void {
    this.#turn = undefined;
    for (const { from, why, more } of this.#seen.values())
      if (more > 0) this.#print(`refused: ${moreOf(more)} from ${from} within a minute: ${why}`);
    if (this.#others > 0)
      this.#print(`refused: ${moreOf(this.#others)} within a minute, from other machines or for other reasons`);
    this.#seen.clear();
    this.#others = 0;
  }
}

function processOf({ runner, pid }: RefusedConnection): string {
  const name = typeof runner === 'string' && runner !== '' ? shortened(runner) : 'a process';
  return Number.isSafeInteger(pid) ? ` (${name}, pid ${String(pid)})` : '';
}

function moreOf(count: number): string {
  return `${count} more ${count === 1 ? 'connection' : 'connections'}`;
}

function shortened(text: string): string {
  return printable(text.length > longest ? `${text.slice(0, longest)}…` : text);
}
