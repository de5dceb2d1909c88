/** How far the start of a child has come: for the error of a call that cannot wait until it has ended. */
import type { Child } from '../process/child.ts';
import type { StartStep } from '../server/running-server.ts';

export class StartProgress {
  /** When it began, by the clock of the pool. */
  readonly since: number;
  /** Absent until its process runs. */
  child: Child | undefined;
  /** What its server is not yet; absent: it is no server, or its process does not run. */
  step: (() => StartStep | undefined) | undefined;

  constructor(since: number) {
    this.since = since;
  }

  /** Its process has ended, and another one may be started instead. */
  again(): void {
    this.child = undefined;
    this.step = undefined;
  }
}
