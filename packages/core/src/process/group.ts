/**
 * Signals to a whole process group, and the end of what is left of one.
 *
 * A group keeps its number as long as one member lives, even when its leader is gone; so a group that was ours a moment
 * ago and has not been empty since is still ours. Whoever calls `endAll` has made sure of that.
 */
import { type Clock, systemClock } from '../base/clock.ts';
import { type ProcessIdentity, isRunning } from './identity.ts';
import { atMost } from './ladder.ts';

export type EndSignal = 'SIGTERM' | 'SIGKILL';

/** @returns false if nobody was there to receive it */
export function signalGroup(group: number, signal: EndSignal): boolean {
  return send(-group, signal);
}

/** Signals one process, if it is still the one that was meant. */
export function signalProcess(identity: ProcessIdentity, signal: EndSignal): boolean {
  return isRunning(identity) && send(identity.pid, signal);
}

function send(target: number, signal: EndSignal): boolean {
  // 0 and -1 mean "my own group" and "everybody": never, whatever a record says.
  if (!Number.isInteger(target) || Math.abs(target) < 2) return false;
  try {
    return process.kill(target, signal);
  } catch {
    // ESRCH: gone. EPERM: not ours any more, or (macOS) a zombie.
    return false;
  }
}

export interface Ending {
  /** Milliseconds after each signal. */
  readonly terminate: number;
  readonly kill: number;
  readonly clock?: Clock;
  /** Aborted: no SIGTERM, or no more waiting for it. */
  readonly hurry?: AbortSignal;
}

/** SIGTERM, then SIGKILL to what is left. @returns what is left after both */
export async function endAll(
  left: () => ProcessIdentity[],
  signal: (signal: EndSignal) => void,
  { terminate, kill, clock = systemClock, hurry }: Ending,
): Promise<ProcessIdentity[]> {
  if (left().length === 0) return [];
  if (hurry?.aborted !== true) {
    signal('SIGTERM');
    await untilNone(left, terminate, { clock, hurry });
    if (left().length === 0) return [];
  }
  signal('SIGKILL');
  await untilNone(left, kill, { clock });
  return left();
}

/** Nobody tells us when a process that is not our child ends, so this is the one place that asks again and again. */
async function untilNone(
  left: () => ProcessIdentity[],
  milliseconds: number,
  { clock, hurry }: { clock: Clock; hurry?: AbortSignal | undefined },
): Promise<void> {
  const deadline = clock.now() + milliseconds;
  for (let pause = 2; left().length > 0; pause = Math.min(pause * 2, 50)) {
    const rest = deadline - clock.now();
    if (rest <= 0 || hurry?.aborted === true) return;
    await atMost(Math.min(pause, rest), undefined, { clock, force: hurry });
  }
}
