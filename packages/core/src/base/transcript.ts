/**
 * The transcript of a run: every message of its sessions, as JSON lines. The first line is the header, the last one `end`;
 * between them is a line for each event, in the order in which they happened. docs/transcript.md has the format for users.
 */
import type { HolderLabel } from './holder-label.ts';
import type { Recorded } from './transcript-value.ts';

/** Raised when a line or a field changes its meaning or goes. Readers ignore lines and fields that they do not know. */
export const transcriptVersion = 1;

/** The first line. */
export interface TranscriptHeader {
  readonly carpoolTranscript: typeof transcriptVersion;
  /** The version of Carpool. */
  readonly carpool: string;
  /** "vitest", "jest", "playwright", …, as far as it is known. */
  readonly runner?: string | undefined;
  /** Of the project. */
  readonly folder: string;
  /** Of the process that has written it. */
  readonly pid: number;
  /** Milliseconds since 1970, at the zero of all times that follow. */
  readonly zero: number;
  /** It is a part of this file: the sessions that were asked for. */
  readonly cutFrom?: string | undefined;
}

interface OfSession {
  /** Milliseconds since `zero`, in tenths. */
  readonly t: number;
  /** The session, unique in the file. */
  readonly s: string;
}

/** Whose a session is. */
export interface TranscriptHolder extends Omit<HolderLabel, 'run'> {
  /** `file:line:column` of the call of `register`, if it is known. */
  readonly takenAt?: string | undefined;
}

interface OfRun {
  /** Which of the runs that the file has, as in a watch mode, from 2 on. Absent: the first. */
  readonly run?: number | undefined;
}

/** Its child gets to know of it. */
export interface TranscriptOpen extends OfSession, TranscriptHolder, OfRun {
  readonly e: 'open';
  readonly pool: string;
  /** The name of the protocol of the pool. */
  readonly protocol: string;
  /** The pid of the child, if it is known. */
  readonly child?: number | undefined;
  /** Absent: there were none. */
  readonly params?: Recorded | undefined;
  /** What the protocol's `hello` has found out. Absent: nothing. */
  readonly hello?: Recorded | undefined;
  /** It is opened before anything asks for it; `taken` says whose it becomes. */
  readonly warm?: true | undefined;
}

/** The protocol's `open` is done. */
export interface TranscriptOpened extends OfSession {
  readonly e: 'opened';
  /** `session.id`. */
  readonly id: string;
  /** `session.opened`. Absent: there is none. */
  readonly opened?: Recorded | undefined;
}

/** A session that was opened ahead gets its holder. */
export interface TranscriptTaken extends OfSession, TranscriptHolder, OfRun {
  readonly e: 'taken';
}

interface OfMessage extends OfSession {
  /**
   * The message, without the fields by which the protocol ties it to its session and its request, where they can be told.
   * Secrets in it are redacted.
   */
  readonly m: Recorded;
  /** The protocol's own: it is part of `open` or `close` of the session. Absent: it is the user's. */
  readonly in?: 'open' | 'close' | undefined;
}

/** To the child. */
export interface TranscriptSent extends OfMessage {
  readonly e: 'send' | 'request' | 'answer';
  /** Of a request: its number. Of an answer: that of the question. */
  readonly n?: number | undefined;
}

/** From the child. `lost`: it has ended the session. */
export interface TranscriptReceived extends OfMessage {
  readonly e: 'reply' | 'step' | 'event' | 'ask' | 'lost';
  /** Of a reply, a step: that of its request; absent: none waits for it. Of a question: its number. */
  readonly n?: number | undefined;
}

/** The child refuses a request. */
export interface TranscriptRefusal extends OfMessage {
  readonly e: 'refusal';
  /** That of the request. Absent: none waits for it. */
  readonly n?: number | undefined;
  /** The child's own code and text, as the protocol has found them in the message. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** The reply to a request is no longer awaited. */
export interface TranscriptCancelled extends OfSession {
  readonly e: 'cancel';
  readonly n: number;
}

/** The child learns that its question gets no answer. */
export interface TranscriptRefused extends OfSession {
  readonly e: 'refuse';
  /** That of the question. */
  readonly n: number;
  /** Half a sentence. */
  readonly reason: string;
}

/** Its end begins. */
export interface TranscriptClose extends OfSession {
  readonly e: 'close';
  /** Who ended it, `ClosedBy`: "unregister", "owner" (its test, file or worker has ended), "child", "pool", "hub", "overflow". */
  readonly by: string;
  /** Half a sentence: "because its test has ended". */
  readonly reason: string;
  /** The error that ended it, where it was one. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Its end is over. */
export interface TranscriptClosed extends OfSession {
  readonly e: 'closed';
  /** The child has not confirmed its end in time. */
  readonly unconfirmed?: true | undefined;
  /** Its test has failed, as far as that was known by then. */
  readonly failed?: true | undefined;
  /** Messages of it that are not in the file, because it was full, or could not be written as fast as they came. */
  readonly dropped?: number | undefined;
}

/** The test of a session has failed, which was not known when its end was over: its child may have ended it. */
export interface TranscriptFailed extends OfSession {
  readonly e: 'failed';
}

/** The last line: of a process that was killed there is none. */
export interface TranscriptEnd {
  readonly e: 'end';
  readonly t: number;
  /** Messages that are not in the file. */
  readonly dropped: number;
}

export type TranscriptMessage = TranscriptSent | TranscriptReceived | TranscriptRefusal;

/** Everything between the first and the last line. */
export type TranscriptEvent =
  | TranscriptOpen
  | TranscriptOpened
  | TranscriptTaken
  | TranscriptMessage
  | TranscriptCancelled
  | TranscriptRefused
  | TranscriptClose
  | TranscriptClosed
  | TranscriptFailed;

/**
 * The header of a transcript.
 * @param line the first of the file
 * @throws Error with half a sentence: what is wrong with the file
 */
export function transcriptHeader(line: string): TranscriptHeader {
  const header = objectIn(line);
  const written = header?.['carpoolTranscript'];
  if (header === undefined || typeof written !== 'number') throw new Error('it is not the transcript of a run');
  if (written > transcriptVersion) {
    const by = typeof header['carpool'] === 'string' ? `: use that of carpool ${header['carpool']}` : '';
    throw new Error(
      `it has version ${written}, and this command, of an older Carpool, reads version ${transcriptVersion}${by}`,
    );
  }
  const { zero, pid, folder } = header;
  if (typeof zero !== 'number' || typeof pid !== 'number' || typeof folder !== 'string')
    throw new Error('its first line is damaged');
  return header as unknown as TranscriptHeader;
}

/**
 * One of the lines that follow. It may be of a kind that a newer Carpool has added.
 * @param number of the line, from 1, for the error
 * @throws Error with half a sentence: it is no line of a transcript
 */
export function transcriptLine(line: string, number: number): TranscriptEvent | TranscriptEnd {
  const event = objectIn(line);
  const isWhole =
    event !== undefined &&
    typeof event['e'] === 'string' &&
    typeof event['t'] === 'number' &&
    (event['e'] === 'end' || typeof event['s'] === 'string');
  if (!isWhole) throw new Error(`its line ${number} is damaged`);
  return event as unknown as TranscriptEvent | TranscriptEnd;
}

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined; // the caller says so
  }
}
