/**
 * The end of a `register` call in time: its own `timeout`, or the rest of the time of its test or hook. The wait for a slot
 * keeps it by itself; this ends what follows: the start of the child, and the opening of the session. The start goes on for
 * others, and what opens too late is closed.
 */
import { Cancellation, eitherOf, type CancelSignal } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { Child } from '../process/child.ts';
import type { Conversation } from '../session/conversation.ts';
import { evidenceOf } from './child-end.ts';
import type { PoolSettings } from './options.ts';
import type { OpenOptions } from './registration.ts';
import type { StartProgress } from './start-progress.ts';

export interface RegisterDeadlineOptions {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  /** When the call was made, by the clock. */
  readonly since: number;
  readonly call: OpenOptions;
}

/** A child, which may be starting. */
interface Starting {
  readonly progress: StartProgress | undefined;
}

interface Limit {
  readonly timeout: number;
  readonly by: 'call' | 'test';
}

/** What it was that has not ended. */
interface Step {
  readonly phase: 'start' | 'open';
  /** Half a sentence. */
  readonly what: string;
  /** As "30000 ms, `readyTimeout`". */
  readonly allowed: string;
  /** A sentence: what becomes of it. */
  readonly after: string;
  readonly advice: string;
}

export class RegisterDeadline {
  /** Gives up the call, also where its own signal does. */
  readonly signal: CancelSignal | undefined;
  /** Ends the use of it. */
  readonly stop: () => void;
  readonly #options: RegisterDeadlineOptions;
  #child: Starting | undefined;
  #opening: { readonly child: Child; readonly conversation: Conversation; readonly since: number } | undefined;

  constructor(options: RegisterDeadlineOptions) {
    this.#options = options;
    const { clock, call } = options;
    const limit = limitOf(call);
    this.signal = call.signal;
    this.stop = noop;
    if (limit === undefined) return;
    const over = new Cancellation();
    const rest = Math.max(limit.timeout - (clock.now() - options.since), 0);
    const timer = clock.after(rest, () => over.abort(() => this.#error(limit)));
    const either = call.signal === undefined ? undefined : eitherOf(call.signal, over);
    this.signal = either?.signal ?? over;
    this.stop = () => {
      timer.cancel();
      either?.stop();
    };
  }

  /** The call has a slot of this child. */
  startsOn(child: Starting): void {
    this.#child = child;
    this.#opening = undefined;
  }

  /** The session of the call is being opened on this child. @param since by the clock; default: now */
  opens(child: Child, conversation: Conversation, since: number = this.#options.clock.now()): void {
    this.#opening = { child, conversation, since };
  }

  #error({ timeout, by }: Limit): CarpoolError {
    const { settings, clock, since } = this.#options;
    const { name: pool } = settings;
    const now = clock.now();
    const progress = this.#opening === undefined ? this.#child?.progress : undefined;
    const { phase, what, allowed, after, advice } =
      progress === undefined ? this.#open(now) : describeStart(settings, progress, now);
    const waited = Math.max(Math.round(now - since), timeout);
    const limit =
      by === 'call' ? '`timeout` of the call' : `the rest of the time of this test or hook (instead of ${allowed})`;
    const raise = by === 'call' ? '`timeout`' : 'the time-out of the test or hook';
    const message = `Cannot register a session of "${pool}": ${what}. The call has waited for ${Math.round(waited)} ms, ${limit}. ${after}. Raise ${raise}${advice}`;
    const child = progress === undefined ? this.#opening?.child : progress.child;
    const messages = this.#opening?.conversation.recent.describe() ?? [];
    return new CarpoolError('REQUEST_TIMEOUT', message, {
      context: { pool, timeout, limit: by, phase },
      evidence: { ...(child && evidenceOf(child)), ...(messages.length > 0 && { messages }) },
    });
  }

  #open(now: number): Step {
    const { openTimeout } = this.#options.settings;
    const age = this.#opening === undefined ? '' : ` for ${seconds(now - this.#opening.since)}`;
    return {
      phase: 'open',
      what: `the session is being opened${age}, and \`open\` has not ended so far`,
      allowed: `${Math.round(openTimeout)} ms, \`openTimeout\``,
      after: 'A session that opens too late is closed',
      advice: ', or make `open` faster: `start` can do once what all sessions need, and `warm` opens sessions ahead',
    };
  }
}

function describeStart({ server, helloTimeout }: PoolSettings, progress: StartProgress, now: number): Step {
  const age = seconds(now - progress.since);
  const step = progress.step?.();
  const isServer = server !== undefined;
  const made = progress.child === undefined ? '; its process does not run so far' : '';
  const usual = isServer ? 'not ready so far' : 'has said no hello so far';
  const state = isServer ? `is ${usual}` : usual;
  const found = step === undefined ? made : `: ${step.found}`;
  return {
    phase: 'start',
    what: `its ${isServer ? 'server' : 'child'} has been starting for ${age}, and ${state}${found}`,
    allowed:
      step === undefined
        ? `${Math.round(helloTimeout)} ms, \`helloTimeout\``
        : `${Math.round(step.timeout)} ms, \`${step.limit}\``,
    after: 'The start goes on, and the next call finds it further',
    advice:
      ', or start it outside of the time of the test: take the session as a fixture, or register in a hook for all tests that has a longer time-out',
  };
}

function limitOf({ timeout = Infinity, timeLeft = Infinity }: OpenOptions): Limit | undefined {
  if (timeLeft < timeout) return { timeout: Math.max(Math.round(timeLeft), 1), by: 'test' };
  return Number.isFinite(timeout) ? { timeout, by: 'call' } : undefined;
}

function seconds(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
