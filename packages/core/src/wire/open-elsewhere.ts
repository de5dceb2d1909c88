/** What is open on a host that leaves, for its log and for `carpool ps`. */
import type { LeavingStatus } from './status.ts';

/** What runs of other hosts have there. */
export type OpenElsewhere = Pick<LeavingStatus, 'sessions' | 'runs'>;

/** "3 sessions of 2 runs are open" */
export function openText({ sessions, runs }: OpenElsewhere): string {
  if (runs === 0) return 'nothing of other hosts is open any more';
  const of = `${runs} ${runs === 1 ? 'run' : 'runs'}`;
  if (sessions === 0) return `what children found wrong is told to ${of}`;
  return `${sessions} ${sessions === 1 ? 'session' : 'sessions'} of ${of} ${sessions === 1 ? 'is' : 'are'} open`;
}
