/** What keeps the transcript of a run, as the sessions see it. */
import type { Recorded } from './transcript-value.ts';
import type { TranscriptEvent } from './transcript.ts';

type WithoutPlace<T> = T extends unknown ? Omit<T, 't' | 's'> : never;
/** A line, of which the keeper adds when it was and which session. */
export type OwnEvent = WithoutPlace<TranscriptEvent>;

/** Where the lines of all sessions go. No method throws. */
export interface Transcript {
  /** Which run it is whose sessions open now, from 1. Absent: there is one. */
  readonly run?: number | undefined;
  /** False: the message is not kept, and need not be recorded. It is counted. @param bytes of it on its way */
  takes(bytes: number): boolean;
  /** Takes a line. @param session unique in the transcript */
  add(session: string, event: OwnEvent): void;
  /** A value as JSON has it, without secrets. */
  record(value: unknown): Recorded;
  /** A sentence without secrets. */
  text(text: string): string;
}

/** A pool with a transcript. */
export interface RecordedPool {
  readonly transcript: Transcript;
  /** Unique in the transcript. */
  readonly pool: string;
}
