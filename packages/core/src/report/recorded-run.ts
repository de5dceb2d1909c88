/** What is known of a run that is over, or of one whose host still writes. */
import type { ChildEvent, LeaseEvent, SessionEvent } from '../base/timeline.ts';
import type { TimelineHeader } from '../wire/timeline-lines.ts';

export interface RecordedRun {
  readonly header: TimelineHeader;
  readonly sessions: readonly SessionEvent[];
  readonly children: readonly ChildEvent[];
  readonly leases: readonly LeaseEvent[];
  /** Milliseconds from its begin to its end, as far as that is known. Its begin is the start of its host, or its own on the host of the machine. */
  readonly duration: number;
  /** False: its host goes on, or was killed, so that what was open then is missing. */
  readonly ended: boolean;
  /** Events that were left out. */
  readonly dropped: number;
}
