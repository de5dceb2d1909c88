/** What has happened in a run: an event for each thing that is over, told to whoever keeps them. */
import type { HolderLabel } from './holder-label.ts';

/** Times are milliseconds of the host's clock; below 0 in a file: a child was there before the run. */
export interface SessionEvent extends Omit<HolderLabel, 'run'> {
  readonly event: 'session';
  readonly pool: string;
  /** Its test process: the runner and the pid, "vitest 4711". Absent: not known, or no other process. */
  readonly worker?: string | undefined;
  /** Absent where it was not opened. */
  readonly id?: string | undefined;
  /** The pid of its child. */
  readonly child?: number | undefined;
  /** `register` was called. */
  readonly since: number;
  /** It got its slot. Absent: it never did. */
  readonly granted?: number | undefined;
  /** The child has opened it. Absent: it never has. */
  readonly opened?: number | undefined;
  /** Its slot was given back, or its wait was over. */
  readonly over: number;
  /** Its end was not confirmed in time, so that its slot is not used again. */
  readonly unconfirmed?: true | undefined;
  /** Its test has failed. */
  readonly failed?: true | undefined;
}

export interface ChildEvent {
  readonly event: 'child';
  readonly pool: string;
  /** Absent where it never said hello. */
  readonly pid?: number | undefined;
  /** Which of the processes that were started in its place, from 1. */
  readonly generation: number;
  readonly since: number;
  /** It could serve. Absent: it never could. */
  readonly ready?: number | undefined;
  /** `ready` is no sign that it could: its protocol has no `hello`, or it answers from a recording. */
  readonly startUnknown?: true | undefined;
  readonly over: number;
  /** Sessions that were opened on it: of this run, where several share it. */
  readonly sessions: number;
  /** Other runs share it, and it goes on: `over` is the end of this run. */
  readonly goesOn?: true | undefined;
  /** What it failed with, a sentence. Absent: its pool has ended it. */
  readonly failure?: string | undefined;
}

/** Milliseconds until it could serve, or to its end if it never could. Undefined: not known. */
export function startOf({ since, ready, startUnknown, over }: ChildEvent): number | undefined {
  if (ready === undefined) return over - since;
  return startUnknown === true ? undefined : ready - since;
}

export interface LeaseEvent extends Omit<HolderLabel, 'run'> {
  readonly event: 'lease';
  readonly name: string;
  readonly kind: string;
  /** `acquire` was called. */
  readonly since: number;
  /** Absent: it never was. */
  readonly granted?: number | undefined;
  readonly over: number;
  /** `file:line:column` of the call. */
  readonly takenAt?: string | undefined;
  /** As in `SessionEvent`. */
  readonly worker?: string | undefined;
  /** Why it never was, where the host has said so: out of time, or a deadlock, with its cycle, a line for each wait. */
  readonly failure?: string | undefined;
}

/** The test of a session that is over, and has its event, has failed: its child may have ended it before that was known. */
export interface LateFailureEvent {
  readonly event: 'failed';
  readonly pool: string;
  /** The last session of this id whose event is before this one. */
  readonly id: string;
  /** When it was known. */
  readonly over: number;
}

export type TimelineEvent = SessionEvent | ChildEvent | LeaseEvent | LateFailureEvent;

/** Takes what is over. Must not throw. */
export interface Timeline {
  add(event: TimelineEvent): void;
}

/** Keeps events until it is known what becomes of them: a host serves before it has read its config. */
export class PendingTimeline implements Timeline {
  readonly #most: number;
  readonly #kept: TimelineEvent[] = [];
  #to: Timeline | undefined;
  #isOff = false;

  /** @param most events that are kept; later ones are dropped */
  constructor(most: number = 10_000) {
    this.#most = most;
  }

  add(event: TimelineEvent): void {
    if (this.#to !== undefined) this.#to.add(event);
    else if (!this.#isOff && this.#kept.length < this.#most) this.#kept.push(event);
  }

  /** What was kept, and all that follows, goes there. `undefined`: it is dropped. */
  goesTo(timeline: Timeline | undefined): void {
    this.#to = timeline;
    this.#isOff = timeline === undefined;
    for (const event of this.#kept.splice(0)) timeline?.add(event);
  }
}
