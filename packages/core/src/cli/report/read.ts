/** The timeline of a run, from the file that its host has written. Pure. */
import type { ChildEvent, LateFailureEvent, LeaseEvent, SessionEvent } from '../../base/timeline.ts';
import type { RecordedRun } from '../../report/recorded-run.ts';
import { timelineVersion, type TimelineEnd, type TimelineHeader } from '../../wire/timeline-lines.ts';

/** Half a sentence. */
export const givenTranscript =
  'this is a transcript, which `carpool transcript FILE` shows; a report is made of the timeline of a run, as `carpool report --list` names them';

type Line = SessionEvent | ChildEvent | LeaseEvent | LateFailureEvent | TimelineEnd;

/**
 * A last line that is cut is left out, as are kinds of events that a newer version has added.
 * @throws Error with half a sentence: what is wrong with it
 */
export function readRun(text: string): RecordedRun {
  const [first = '', ...rest] = text.split('\n');
  const header = headerIn(first);
  // What follows the last line feed was not written to its end.
  const lines = rest.slice(0, -1).map((line, at) => lineIn(line, at + 2));
  const of = <Kind extends Line['event']>(kind: Kind): Extract<Line, { event: Kind }>[] =>
    lines.filter((line): line is Extract<Line, { event: Kind }> => line.event === kind);
  const [sessions, children, leases] = [sessionsIn(lines), of('child'), of('lease')];
  const end = of('end').at(-1);
  const last = lines.reduce((latest, { over }) => Math.max(latest, over), 0);
  return { header, sessions, children, leases, duration: last, ended: end !== undefined, dropped: end?.dropped ?? 0 };
}

/** Of some it was known later that their test has failed. */
function sessionsIn(lines: readonly Line[]): SessionEvent[] {
  const sessions: SessionEvent[] = [];
  // By their pool and their id, which a pool that was made anew may give again.
  const last = new Map<string, number>();
  for (const line of lines) {
    if (line.event === 'session') {
      last.set(JSON.stringify([line.pool, line.id]), sessions.length);
      sessions.push(line);
    } else if (line.event === 'failed') {
      const at = last.get(JSON.stringify([line.pool, line.id]));
      const session = at === undefined ? undefined : sessions[at];
      if (at !== undefined && session !== undefined) sessions[at] = { ...session, failed: true };
    }
  }
  return sessions;
}

function headerIn(line: string): TimelineHeader {
  const header = objectIn(line);
  const written = header?.['carpoolTimeline'];
  if (typeof header?.['carpoolTranscript'] === 'number') throw new Error(givenTranscript);
  if (header === undefined || typeof written !== 'number') throw new Error('it is not the timeline of a run');
  if (written > timelineVersion) {
    const by = String(header['carpool']);
    throw new Error(
      `it has version ${written}, and this command, of an older Carpool, reads version ${timelineVersion}: use that of carpool ${by}`,
    );
  }
  const { zero, pid, folder } = header;
  if (typeof zero !== 'number' || typeof pid !== 'number' || typeof folder !== 'string')
    throw new Error('its first line is damaged');
  return header as unknown as TimelineHeader;
}

function lineIn(line: string, number: number): Line {
  const value = objectIn(line);
  if (value === undefined || typeof value['event'] !== 'string' || typeof value['over'] !== 'number')
    throw new Error(`line ${number} is damaged`);
  return value as unknown as Line;
}

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
