/** One child of a supervisor, from the first attempt to start it. */
import type { CarpoolError } from '../base/errors.ts';
import type { ChildEvent } from '../base/timeline.ts';
import type { Generation } from './generation.ts';
import type { StartProgress } from './start-progress.ts';

export interface Life {
  /** From 1. */
  readonly number: number;
  readonly progress: StartProgress;
  readonly starting: Promise<Generation>;
  /** From the hello on. */
  generation?: Generation;
  /** When that was, by the clock of the pool. */
  readyAt?: number;
  /** Its output has ended. */
  dying: boolean;
  /** Sessions that were opened on it. */
  sessions: number;
  stopping?: Promise<void>;
  /** It makes room for another one, and will be gone. */
  leaves?: boolean;
}

/** Whole milliseconds from its start until it could serve. Undefined: it could not so far, or its child does not say when. */
export function startTimeOf({ progress, generation, readyAt }: Life): number | undefined {
  return readyAt === undefined || generation?.saysReady !== true ? undefined : Math.round(readyAt - progress.since);
}

/** @param now it is over, by the clock of the pool. @param error why, where its pool has not ended it */
export function childEvent(pool: string, life: Life, now: number, error: CarpoolError | undefined): ChildEvent {
  const { number, progress, generation, readyAt, sessions } = life;
  return {
    event: 'child',
    pool,
    // A replay has no process.
    pid: generation === undefined ? progress.child?.pid : generation.pid,
    generation: number,
    since: progress.since,
    ready: readyAt,
    startUnknown: generation?.saysReady === false ? true : undefined,
    over: now,
    sessions,
    failure: error?.message.split('\n', 1)[0],
  };
}
