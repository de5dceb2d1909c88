/**
 * The stop ladder. Each rung is less polite than the one before, and each has its own deadline, so that the whole takes no
 * longer than their sum, whatever the child does.
 *
 *   goodbye ──▶ end of input ──▶ SIGTERM to the group ──▶ SIGKILL to the group ──▶ CHILD_UNKILLABLE
 *      │              │                   │                        ▲
 *      └──────────────┴─── force ─────────┴────────────────────────┘
 */
import type { Clock } from '../base/clock.ts';

/** A signal is a rung of its own. */
export type RungName = 'goodbye' | 'end of input' | NodeJS.Signals;

/** Milliseconds that each rung may take. */
export interface StopDeadlines {
  readonly goodbye: number;
  readonly endOfInput: number;
  readonly terminate: number;
  readonly kill: number;
}

export const defaultDeadlines: StopDeadlines = { goodbye: 2000, endOfInput: 2000, terminate: 2000, kill: 5000 };

export interface Rung {
  readonly name: RungName;
  /** Milliseconds. */
  readonly timeout: number;
  /** If it throws or rejects, the next rung begins at once. If it succeeds, the child has the rest of the time to exit. */
  readonly act: () => unknown;
}

export interface StopProgress {
  /** Settles when the child has exited. */
  readonly exited: Promise<unknown>;
  /** Aborted: skip to the last rung. */
  readonly force: AbortSignal;
  readonly clock: Clock;
}

/** @returns the rungs that were tried, whether or not the child exited */
export async function descend(rungs: readonly Rung[], { exited, force, clock }: StopProgress): Promise<RungName[]> {
  const tried: RungName[] = [];
  let over = false;
  void exited.then(() => (over = true));
  for (const rung of rungs) {
    const last = rung === rungs.at(-1);
    // Lets the handler above run if `exited` has settled already.
    await Promise.resolve();
    if (over) break;
    if (force.aborted && !last) continue;
    tried.push(rung.name);
    const failed = new Promise<void>((resolve) => {
      Promise.resolve()
        .then(rung.act)
        .catch(() => resolve());
    });
    await waitUpTo(rung.timeout, Promise.race([exited, failed]), { clock, force: last ? undefined : force });
  }
  return tried;
}

interface WaitUpToOptions {
  readonly clock: Clock;
  readonly force?: AbortSignal | undefined;
}

/** Resolves with `work`, at the deadline, or when `force` is aborted, whichever comes first. Does not say which. */
export function waitUpTo(
  milliseconds: number,
  work: Promise<unknown> | undefined,
  { clock, force }: WaitUpToOptions,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel();
      force?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.after(milliseconds, finish);
    force?.addEventListener('abort', finish);
    work?.then(finish, finish);
    if (force?.aborted === true) finish();
  });
}
