/** Recorded runs as one page of HTML, which needs nothing else. */
import { readFileSync } from 'node:fs';
import type { RunMessages } from '../../report/messages.ts';
import { packRuns } from '../../report/packed-runs.ts';
import { dataElement, embeddedJson, type PageData } from '../../report/page-data.ts';
import type { RecordedRun } from '../../report/recorded-run.ts';

/** Events of all runs that a page has. */
const mostEvents = 300_000;
const place = `id="${dataElement}">`;

export interface PageOptions {
  /** The version of this command. */
  readonly carpool: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Default: 300,000 events. */
  readonly most?: number;
  /** For each run. Default: none has any. */
  readonly messages?: readonly (RunMessages | undefined)[];
}

/** The page that was built, and waits for its data. */
export function pageTemplate(): string {
  return readFileSync(new URL('./report-page.html', import.meta.url), 'utf8');
}

/** Puts the runs in the page. @param template as `pageTemplate` has it */
export function htmlPage(
  template: string,
  runs: readonly RecordedRun[],
  { carpool, now, most = mostEvents, messages = [] }: PageOptions,
): string {
  const all = runs.reduce((sum, run) => sum + eventsOf(run), 0);
  const kept = all <= most ? runs : runs.map((run) => shortened(run, most / all));
  const omitted = all - kept.reduce((sum, run) => sum + eventsOf(run), 0);
  const data: PageData = {
    carpool,
    written: now,
    omitted,
    messages: runs.map((_, at) => messages[at] ?? null),
    ...packRuns(kept),
  };
  const at = template.indexOf(place) + place.length;
  return `${template.slice(0, at)}${embeddedJson(data)}${template.slice(at)}`;
}

function eventsOf({ sessions, children, leases }: RecordedRun): number {
  return sessions.length + children.length + leases.length;
}

/** The first of each kind. @param part of them */
function shortened({ sessions, children, leases, ...run }: RecordedRun, part: number): RecordedRun {
  const first = <Event>(events: readonly Event[]): readonly Event[] =>
    events.slice(0, Math.floor(events.length * part));
  return { ...run, sessions: first(sessions), children: first(children), leases: first(leases) };
}
