/**
 * Signals to a whole process group, and the end of what is left of one.
 *
 * A group keeps its number as long as one member lives, even when its leader is gone; so a group that was ours a moment
 * ago and has not been empty since is still ours. Callers of `endAll` make sure of that.
 *
 * The child needs no signal besides that of its group: it starts as the leader of a session, and the system lets such a
 * process change neither its group nor its session. Where the group cannot be signalled, the child cannot either.
 */
import { type Clock, systemClock } from '../base/clock.ts';
import { type ProcessIdentity, isRunning } from './identity.ts';
import { waitUpTo } from './stop-ladder.ts';

export type EndSignal = 'SIGTERM' | 'SIGKILL';

/** @returns false if no process could receive it */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  return send(-group, signal);
}

/** Signals one process, if its pid still belongs to it. */
export function signalProcess(identity: ProcessIdentity, signal: EndSignal): boolean {
  return isRunning(identity) && send(identity.pid, signal);
}

function send(target: number, signal: NodeJS.Signals): boolean {
  // 0 and -1 mean "my own group" and "every process": never, whatever a record says.
  if (!Number.isInteger(target) || Math.abs(target) < 2) return false;
  try {
    return process.kill(target, signal);
  } catch {
    // ESRCH: it is gone. EPERM: the number is another user's by now, or (macOS) only a zombie is left.
    return false;
  }
}

export interface Ending {
  /** Milliseconds to wait after each signal. */
  readonly terminate: number;
  readonly kill: number;
  readonly clock?: Clock;
  /** Aborted: no SIGTERM, or no more waiting for it. */
  readonly force?: AbortSignal;
}

/** SIGTERM, then SIGKILL to what is left. @returns what is left after both */
export async function endAll(
  left: () => ProcessIdentity[],
  signal: (signal: EndSignal) => void,
  { terminate, kill, clock = systemClock, force }: Ending,
): Promise<ProcessIdentity[]> {
  if (left().length === 0) return [];
  if (force?.aborted !== true) {
    signal('SIGTERM');
    await untilNone(left, terminate, { clock, force });
    if (left().length === 0) return [];
  }
  signal('SIGKILL');
  await untilNone(left, kill, { clock });
  return left();
}

/** The system does not report the end of a process that is not our child, so this is the one place that polls. */
async function untilNone(
  left: () => ProcessIdentity[],
  milliseconds: number,
  { clock, force }: { clock: Clock; force?: AbortSignal | undefined },
): Promise<void> {
  const deadline = clock.now() + milliseconds;
  for (let pause = 2; left().length > 0; pause = Math.min(pause * 2, 50)) {
    const rest = deadline - clock.now();
    if (rest <= 0 || force?.aborted === true) return;
    await waitUpTo(Math.min(pause, rest), undefined, { clock, force });
  }
}
