/** One session of a transcript: whose it was, how it opened, and what was said in it, in order. */
import type { TranscriptEvent, TranscriptHolder, TranscriptOpen, TranscriptTaken } from '../base/transcript.ts';
import type { Recorded } from '../base/transcript-value.ts';

/** When something happened. */
export interface RecordedTime {
  /** Milliseconds of its file. */
  readonly t: number;
  /** The number of its line, from 1: of two at one time, the first is that of the first line. */
  readonly line: number;
}

/** What is known of it without its messages. Its time is when its child got to know of it. */
export interface RecordedHead extends Pick<TranscriptHolder, 'test' | 'takenAt'>, RecordedTime {
  /** Unique in its file. */
  readonly s: string;
  /** Which of the runs of its file, from 1. */
  readonly inRun: number;
  readonly pool: string;
  /** `session.id`. Absent: it did not open. */
  readonly id?: string | undefined;
  /** Relative to the folder of its project, with slashes; of a file elsewhere, its path. */
  readonly file?: string | undefined;
  readonly params?: Recorded | undefined;
  readonly hello?: Recorded | undefined;
  /** When its end began. Absent: it did not. */
  readonly ended?: RecordedTime | undefined;
  /** When it got its holder. Absent: as it opened. */
  readonly taken?: RecordedTime | undefined;
}

interface OfEvent {
  readonly t: number;
  readonly line?: number | undefined;
}

/** What the test sent. */
export interface RecordedOut extends OfEvent {
  readonly kind: 'send' | 'request' | 'answer';
  /** Of a request, or of the question that is answered. */
  readonly n?: number | undefined;
  readonly m: Recorded;
}

/** What came. */
export interface RecordedIn extends OfEvent {
  readonly kind: 'reply' | 'step' | 'refusal' | 'event' | 'ask';
  readonly n?: number | undefined;
  readonly m: Recorded;
  /** Of a refusal, what its protocol had found in it. Absent: that was not recorded. */
  readonly refusal?: RecordedRefusal | undefined;
}

/** Why a child has refused a request. */
export interface RecordedRefusal {
  readonly code?: string | undefined;
  readonly message: string;
}

/** The session ended, and not because the test wanted it. */
export interface RecordedLoss extends OfEvent {
  readonly kind: 'lost';
  readonly by: 'child' | 'pool';
  readonly reason: string;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** The test waits no more for the reply to a request, or does not answer a question. */
export interface RecordedGivenUp extends OfEvent {
  readonly kind: 'cancel' | 'refuse';
  /** Of the request, or of the question. */
  readonly n: number;
  /** Of a question, half a sentence. */
  readonly reason?: string | undefined;
}

/** What comes, and what it comes after. */
export type RecordedEvent = RecordedOut | RecordedIn | RecordedLoss;
/** All that happened. */
export type RecordedStep = RecordedEvent | RecordedGivenUp;

export interface RecordedSession extends RecordedHead {
  readonly opened?: Recorded | undefined;
  /** Why it did not open, where it did not. */
  readonly failed?: { readonly code?: string | undefined; readonly message: string } | undefined;
  readonly events: readonly RecordedStep[];
  /** Its child did not confirm its end in time. */
  readonly unconfirmed?: true | undefined;
  /** Messages that the recording does not have. */
  readonly dropped: number;
  /** Its last line is not there: the run was killed, or the file is cut. */
  readonly isCut: boolean;
}

/** A recording that can be used. */
export interface Recording {
  readonly head: RecordedHead;
  /** Its messages, which may be read from a file. */
  load(): RecordedSession | Promise<RecordedSession>;
}

export function isOut(event: RecordedStep): event is RecordedOut {
  return event.kind === 'send' || event.kind === 'request' || event.kind === 'answer';
}

export function isGivenUp(event: RecordedStep): event is RecordedGivenUp {
  return event.kind === 'cancel' || event.kind === 'refuse';
}

/** Which of two was first. */
export function inTime(a: RecordedTime, b: RecordedTime): number {
  return a.t - b.t || a.line - b.line;
}

/** Tests had both at some time: one that was opened ahead is nobody's before it is taken. */
export function isAtOnce(a: RecordedHead, b: RecordedHead): boolean {
  const begins = (one: RecordedHead, other: RecordedHead): boolean =>
    other.ended === undefined || inTime(one.taken ?? one, other.ended) < 0;
  return begins(a, b) && begins(b, a);
}

/**
 * The head that a line makes, or changes: a session that was opened ahead gets its holder later.
 * @param of `folder`: of the project that was recorded; `line`: its number
 */
export function headOf(
  event: TranscriptOpen | TranscriptTaken,
  before: RecordedHead | undefined,
  { folder, line }: { readonly folder: string; readonly line: number },
): RecordedHead | undefined {
  const { test, file, takenAt, run = 1 } = event;
  const holder = { test, takenAt, inRun: run, file: file === undefined ? undefined : relativeFile(file, folder) };
  if (event.e === 'taken') return before && { ...before, ...holder, taken: { t: event.t, line } };
  const { s, t, pool, params, hello } = event;
  return { s, t, line, pool, params, hello, ...holder };
}

/** So that a recording serves another copy of the project: relative to its folder, with slashes. */
export function relativeFile(file: string, folder: string): string {
  const [path, base] = [slashes(file), slashes(folder).replace(/\/$/, '')];
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** @param lines of this session, in their order, with their numbers */
export function sessionOf(head: RecordedHead, lines: Iterable<readonly [TranscriptEvent, number]>): RecordedSession {
  const events: RecordedStep[] = [];
  let opened: { readonly id: string; readonly opened?: Recorded | undefined } | undefined;
  let failed: RecordedSession['failed'];
  let lost: Recorded | undefined;
  let ended: RecordedTime | undefined;
  let dropped = 0;
  let isCut = true;
  let unconfirmed: true | undefined;
  for (const [line, number] of lines) {
    // The protocol opens and closes by itself.
    if ('in' in line && line.in !== undefined) continue;
    const at = { t: line.t, line: number };
    // What says that a session is over, and is not followed by its end, was an event: it has begun anew.
    if (lost !== undefined && line.e !== 'close') events.push({ kind: 'event', m: lost, ...at });
    lost = undefined;
    switch (line.e) {
      case 'opened':
        opened = line;
        break;
      case 'send':
      case 'request':
      case 'answer':
        events.push({ kind: line.e, n: line.n, m: line.m, ...at });
        break;
      case 'reply':
        // One that no request waits for is an event of the session.
        events.push({ kind: line.n === undefined ? 'event' : 'reply', n: line.n, m: line.m, ...at });
        break;
      case 'step':
        events.push({ kind: line.n === undefined ? 'event' : 'step', n: line.n, m: line.m, ...at });
        break;
      case 'refusal': {
        const { n, m, code, message } = line;
        const refusal = message === undefined ? undefined : { code, message };
        events.push(n === undefined ? { kind: 'event', m, ...at } : { kind: 'refusal', n, m, refusal, ...at });
        break;
      }
      case 'event':
      case 'ask':
        events.push({ kind: line.e, n: line.n, m: line.m, ...at });
        break;
      case 'lost':
        lost = line.m;
        break;
      case 'close': {
        const { by, reason, code, message } = line;
        ended = at;
        if (opened === undefined) failed = { code, message: message ?? reason };
        else if (by === 'child' || by === 'pool') events.push({ kind: 'lost', by, reason, code, message, ...at });
        break;
      }
      case 'closed':
        isCut = false;
        unconfirmed = line.unconfirmed;
        dropped += line.dropped ?? 0;
        break;
      case 'cancel':
      case 'refuse':
        // Else it is the protocol's, or what the end does by itself.
        if (opened !== undefined && ended === undefined)
          events.push({ kind: line.e, n: line.n, ...(line.e === 'refuse' && { reason: line.reason }), ...at });
        break;
      case 'failed':
      case 'open':
      case 'taken':
        break;
    }
  }
  return { ...head, id: opened?.id, opened: opened?.opened, failed, events, ended, unconfirmed, dropped, isCut };
}
