/** One session of a transcript: whose it was, how it opened, and what was said in it, in order. */
import type { TranscriptEvent, TranscriptHolder, TranscriptOpen } from '../base/transcript.ts';
import type { Recorded } from '../base/transcript-value.ts';

/** What is known of it without its messages. */
export interface RecordedHead extends Pick<TranscriptHolder, 'test' | 'takenAt'> {
  /** Unique in its file. */
  readonly s: string;
  /** When its child got to know of it, in milliseconds of its file. */
  readonly t: number;
  readonly pool: string;
  /** `session.id`. Absent: it did not open. */
  readonly id?: string | undefined;
  /** Relative to the folder of its project, with slashes; of a file elsewhere, its path. */
  readonly file?: string | undefined;
  readonly params?: Recorded | undefined;
  readonly hello?: Recorded | undefined;
}

/** What the test sent. */
export interface RecordedOut {
  readonly kind: 'send' | 'request' | 'answer';
  /** Of a request, or of the question that is answered. */
  readonly n?: number | undefined;
  readonly m: Recorded;
  readonly t: number;
}

/** What came. */
export interface RecordedIn {
  readonly kind: 'reply' | 'step' | 'refusal' | 'event' | 'ask';
  readonly n?: number | undefined;
  readonly m: Recorded;
  readonly t: number;
}

/** The session ended, and not because the test wanted it. */
export interface RecordedLoss {
  readonly kind: 'lost';
  readonly by: 'child' | 'pool';
  readonly reason: string;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly t: number;
}

export type RecordedEvent = RecordedOut | RecordedIn | RecordedLoss;

export interface RecordedSession extends RecordedHead {
  readonly opened?: Recorded | undefined;
  /** Why it did not open, where it did not. */
  readonly failed?: { readonly code?: string | undefined; readonly message: string } | undefined;
  readonly events: readonly RecordedEvent[];
  /** When its end began. Absent: it did not. */
  readonly ended?: number | undefined;
  /** Messages that the recording does not have. */
  readonly dropped: number;
  /** Its last line is not there: the run was killed, or the file is cut. */
  readonly isCut: boolean;
}

export function isOut(event: RecordedEvent): event is RecordedOut {
  return event.kind === 'send' || event.kind === 'request' || event.kind === 'answer';
}

/**
 * The head that a line makes, or changes: a session that was opened ahead gets its holder later.
 * @param folder of the project that was recorded
 */
export function headOf(
  event: TranscriptOpen | ({ readonly e: 'taken' } & TranscriptHolder),
  before: RecordedHead | undefined,
  folder: string,
): RecordedHead | undefined {
  const { test, file, takenAt } = event;
  const holder = { test, takenAt, file: file === undefined ? undefined : relativeFile(file, folder) };
  if (event.e === 'taken') return before && { ...before, ...holder };
  const { s, t, pool, params, hello } = event;
  return { s, t, pool, params, hello, ...holder };
}

/** So that a recording serves another copy of the project: relative to its folder, with slashes. */
export function relativeFile(file: string, folder: string): string {
  const [path, base] = [slashes(file), slashes(folder).replace(/\/$/, '')];
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** @param lines of this session, in their order */
export function sessionOf(head: RecordedHead, lines: Iterable<TranscriptEvent>): RecordedSession {
  const events: RecordedEvent[] = [];
  let opened: { readonly id: string; readonly opened?: Recorded | undefined } | undefined;
  let failed: RecordedSession['failed'];
  let lost: Recorded | undefined;
  let ended: number | undefined;
  let dropped = 0;
  let isCut = true;
  for (const line of lines) {
    // The protocol opens and closes by itself.
    if ('in' in line && line.in !== undefined) continue;
    const { t } = line;
    // What says that a session is over, and is not followed by its end, was an event: it has begun anew.
    if (lost !== undefined && line.e !== 'close') events.push({ kind: 'event', m: lost, t });
    lost = undefined;
    switch (line.e) {
      case 'opened':
        opened = line;
        break;
      case 'send':
      case 'request':
      case 'answer':
        events.push({ kind: line.e, n: line.n, m: line.m, t });
        break;
      case 'reply':
        // One that no request waits for is an event of the session.
        events.push({ kind: line.n === undefined ? 'event' : 'reply', n: line.n, m: line.m, t });
        break;
      case 'step':
      case 'refusal':
        events.push({ kind: line.n === undefined ? 'event' : line.e, n: line.n, m: line.m, t });
        break;
      case 'event':
      case 'ask':
        events.push({ kind: line.e, n: line.n, m: line.m, t });
        break;
      case 'lost':
        lost = line.m;
        break;
      case 'close': {
        const { by, reason, code, message } = line;
        ended = t;
        if (opened === undefined) failed = { code, message: message ?? reason };
        else if (by === 'child' || by === 'pool') events.push({ kind: 'lost', by, reason, code, message, t });
        break;
      }
      case 'closed':
        isCut = false;
        dropped += line.dropped ?? 0;
        break;
      case 'open':
      case 'taken':
      case 'cancel':
      // The child of a replay waits for no answer.
      case 'refuse':
        break;
    }
  }
  return { ...head, id: opened?.id, opened: opened?.opened, failed, events, ended, dropped, isCut };
}
