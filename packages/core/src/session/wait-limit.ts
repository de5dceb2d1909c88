/** How long a call of a session waits, and what its error says when nothing came. */
import type { OpenSession } from './open-session.ts';

/** One wait, from its call on. */
export interface Wait {
  /** Milliseconds; `Infinity`: no deadline. */
  readonly timeout: number;
  /** What the call or the pool allows, where the test ends earlier. */
  readonly allowed: number | undefined;
  /** How many messages of the child the session had received at its begin. */
  readonly received: number;
}

/**
 * A wait that begins now. Inside a test it ends a little before the test does: a time-out of the runner does not say what
 * the test waited for.
 * @param timeout of the call. Default: that of the pool
 */
export function waitIn(open: OpenSession, timeout: number = open.requestTimeout): Wait {
  const left = open.timeLeft?.() ?? Infinity;
  const { received } = open.conversation.recent;
  return left < timeout ? { timeout: left, allowed: timeout, received } : { timeout, allowed: undefined, received };
}

/** What did not come, and where. */
export interface Missing {
  /** "reply to "query"" */
  readonly what: string;
  readonly pool: string;
}

/** In a sentence: what was asked, for how long, and what came instead. */
export function waitedInVain(open: OpenSession, wait: Wait, { what, pool }: Missing): string {
  const { id, recent } = open.conversation;
  const { timeout, allowed, received } = wait;
  const own = allowed === undefined || allowed === Infinity ? '' : ` (instead of ${Math.round(allowed)} ms)`;
  const limit = allowed === undefined ? '' : `, the rest of the time of this test or hook${own},`;
  const count = recent.received - received;
  const last = recent.lastReceived();
  return `No ${what} within ${Math.round(timeout)} ms${limit} in session ${id} of pool "${pool}"; ${cameInstead(count, last)}`;
}

/** @param last as it is shown; `undefined`: it was not kept */
function cameInstead(count: number, last: string | undefined): string {
  if (count === 0) return 'no message came meanwhile';
  const others = count === 1 ? 'one other message came' : `${count} other messages came`;
  if (last === undefined) return others;
  return `${count === 1 ? others : `${others}, the last of them`}: ${last}`;
}
