/**
 * Errors that the child has logged beside its work. They fail no call: a test fails later, by what the child did not do, and
 * without them it does not show why. What a call was refused with is not only logged, and counts for nothing here. Bounded.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { LoggedError, Route, WireId } from '../protocol/protocol.ts';

const kept = 8;
const mostBefore = 3;
const longest = 1_000;
/** Refusals that are remembered: some children log them first, some afterwards. */
const mostRefusals = 16;
/** Milliseconds in which the refusal comes that a child has logged first. */
const settles = 250;

interface Logged {
  readonly number: number;
  /** The session that the child names; `undefined`: none, or several. */
  readonly about: WireId | undefined;
  readonly error: LoggedError;
  /** Until it is known to be no refusal. */
  timer: Timer | undefined;
}

export class LoggedErrors {
  readonly #clock: Clock;
  readonly #warn: (error: LoggedError) => void;
  #kept: Logged[] = [];
  readonly #refusals: string[] = [];
  #total = 0;
  #muted = false;

  /** @param warn takes each, and tells those that are told already from others */
  constructor(clock: Clock, warn: (error: LoggedError) => void) {
    this.#clock = clock;
    this.#warn = warn;
  }

  /** How many there were so far: a mark for `forSession`. */
  get total(): number {
    return this.#total;
  }

  /** What the protocol has found in a message. */
  take(route: Route): void {
    if (route.as === 'refusal') this.#refused(route.refusal.message);
    if (!('logged' in route) || route.logged === undefined) return;
    const { logged, to } = route;
    const about = typeof to === 'object' ? undefined : to;
    const error = { ...logged, message: cut(logged.message.trimEnd()) };
    const { message } = error;
    if (this.#refusals.some((text) => message.includes(text))) return;
    // One that comes again stands once, where it came last.
    const there = this.#kept.find((one) => one.error.message === message && one.about === about);
    if (there !== undefined) this.#drop(there);
    const one: Logged = { number: ++this.#total, about, error, timer: undefined };
    this.#kept.push(one);
    if (this.#kept.length > kept) this.#settle(this.#kept.shift());
    if (this.#muted) return;
    one.timer = this.#clock.after(settles, () => this.#settle(one));
    one.timer.unref();
  }

  /** The child ends, and many say then that their input has ended: nothing is a warning any more. */
  mute(): void {
    for (const one of this.#kept) this.#settle(one);
    this.#muted = true;
  }

  /** All that are kept, oldest first. */
  all(): readonly string[] {
    return this.#kept.map(({ error }) => error.message);
  }

  /**
   * For a session that began at `mark`: those since then, oldest first, without those about others; and before them the last
   * about none, because a program often reports only once what it then does not do for anybody.
   */
  forSession(mark: number, ids: readonly WireId[]): readonly string[] {
    const fit = this.#kept.filter(({ about }) => about === undefined || ids.includes(about));
    const before = fit.filter(({ number, about }) => number <= mark && about === undefined).slice(-mostBefore);
    const since = fit.filter(({ number }) => number > mark);
    return [
      ...before.map(({ error }) => `${error.message} (before this session)`),
      ...since.map(({ error }) => error.message),
    ];
  }

  #refused(text: string): void {
    if (text === '') return;
    this.#refusals.push(text);
    if (this.#refusals.length > mostRefusals) this.#refusals.shift();
    for (const one of this.#kept) if (one.timer !== undefined && one.error.message.includes(text)) this.#drop(one);
  }

  #drop(one: Logged): void {
    one.timer?.cancel();
    one.timer = undefined;
    this.#kept = this.#kept.filter((other) => other !== one);
  }

  #settle(one: Logged | undefined): void {
    if (one?.timer === undefined) return;
    one.timer.cancel();
    one.timer = undefined;
    if (one.error.warn !== false) this.#warn(one.error);
  }
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
