/**
 * The stop ladder. Each rung asks a little less politely than the one before, and each has its own deadline, so the
 * whole takes no longer than their sum whatever the child does.
 *
 *   goodbye ──▶ end of input ──▶ SIGTERM to the group ──▶ SIGKILL to the group ──▶ CHILD_UNKILLABLE
 *      │              │                   │                        ▲
 *      └──────────────┴─── force ─────────┴────────────────────────┘
 */
import type { Clock } from '../base/clock.ts';

export type RungName = 'goodbye' | 'end of input' | 'SIGTERM' | 'SIGKILL';

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
  readonly lasts: number;
  /** One that throws or rejects ends its rung at once. One that is done leaves the child the rest of the time to go. */
  readonly act: () => unknown;
}

export interface StopProgress {
  /** Settles when the child is gone. */
  readonly exited: Promise<unknown>;
  /** Aborted: go to the last rung at once. */
  readonly force: AbortSignal;
  readonly clock: Clock;
}

/** @returns the rungs that were tried, whether or not the child went */
export async function descend(rungs: readonly Rung[], { exited, force, clock }: StopProgress): Promise<RungName[]> {
  const tried: RungName[] = [];
  let gone = false;
  void exited.then(() => (gone = true));
  for (const rung of rungs) {
    const last = rung === rungs.at(-1);
    // Lets `exited` be heard if it has settled already.
    await Promise.resolve();
    if (gone) break;
    if (force.aborted && !last) continue;
    tried.push(rung.name);
    const failed = new Promise<void>((resolve) => {
      Promise.resolve()
        .then(rung.act)
        .catch(() => resolve());
    });
    await atMost(rung.lasts, Promise.race([exited, failed]), { clock, force: last ? undefined : force });
  }
  return tried;
}

interface Patience {
  readonly clock: Clock;
  readonly force?: AbortSignal | undefined;
}

/** Waits for `work`, for the deadline or for the force, whichever comes first, and does not say which it was. */
export function atMost(
  milliseconds: number,
  work: Promise<unknown> | undefined,
  { clock, force }: Patience,
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
