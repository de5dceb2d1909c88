/**
 * The timeline of one run on the host of a machine, whose children may have been there before it, and may go on after it:
 * which of them are the run's is known at its end.
 */
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/thrown.ts';
import { PendingTimeline, type ChildEvent, type Timeline, type TimelineEvent } from '../base/timeline.ts';
import type { Moment } from '../host/keep-timeline.ts';
import type { TimelineFile } from '../host/timeline-file.ts';
import { closeAtExit, closeNow } from '../process/close-at-exit.ts';

/** Children of one run that are kept. */
const mostChildren = 1_000;

export interface KeptMachineRun {
  /** Of its project. */
  readonly root: string;
  readonly runner: string;
  readonly pid: number;
  /** The path of its transcript. */
  readonly transcript?: string | undefined;
  /** Shows a text in the main process of the run. */
  readonly print: (text: string) => void;
}

export class RunTimeline implements Timeline {
  /**
   * The date is asked for here: the clock of this host, which may run for days, stands still while the machine sleeps, and
   * does not follow one that is set.
   */
  readonly began: Moment = { clock: systemClock.now(), date: Date.now() };
  readonly #kept = new PendingTimeline();
  readonly #children: ChildEvent[] = [];
  readonly #pools = new Set<string>();
  /** Of this run, by the pid of their child. */
  readonly #sessions = new Map<number, number>();
  #file: TimelineFile | undefined;
  #isOver = false;

  add(event: TimelineEvent): void {
    if (event.event === 'child') {
      if (this.#children.length < mostChildren) this.#children.push(event);
      return;
    }
    if (event.event === 'session') {
      const { pool, child, opened } = event;
      this.#pools.add(pool);
      if (child !== undefined && opened !== undefined) this.#sessions.set(child, (this.#sessions.get(child) ?? 0) + 1);
    }
    this.#kept.add(event);
  }

  /** It is kept as a file of the project; undefined: it is not kept. Does not reject: the run goes on without it. */
  async goesTo(run: KeptMachineRun | undefined): Promise<void> {
    try {
      if (run === undefined) return;
      const { timelineOf } = await import('../host/keep-timeline.ts');
      const warn = (message: string): void => run.print(`carpool: ${message}\n`);
      this.#file = timelineOf({ ...run, began: this.began, warn });
      if (this.#file !== undefined) closeAtExit(this.#file);
    } catch (thrown) {
      run?.print(`carpool: Nothing is kept for \`carpool report\`: ${messageOf(thrown)}\n`);
    } finally {
      this.#kept.goesTo(this.#file);
      // The run has ended while its config was loaded.
      if (this.#isOver && this.#file !== undefined) closeNow(this.#file);
    }
  }

  /** The run is over, and its uses of pools are. */
  close(): void {
    this.#isOver = true;
    for (const child of this.#children) {
      const sessions = this.#sessions.get(child.pid ?? 0) ?? 0;
      const failed = child.failure !== undefined && this.#pools.has(child.pool);
      if (sessions > 0 || failed) this.#kept.add({ ...child, sessions });
    }
    this.#children.length = 0;
    if (this.#file !== undefined) closeNow(this.#file);
  }
}
