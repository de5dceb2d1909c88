/** What the fixture `observer` recorded: the files and tests of a run, event by event. */
import type { Project } from './project.ts';

export interface Seen {
  readonly event: string;
  /** Names a process or thread. */
  readonly worker: string;
  /** The test file; missing where none was open. */
  readonly file?: string;
  readonly test?: string;
}

export function seenIn(project: Pick<Project, 'readLines'>): Seen[] {
  return project.readLines<Seen>('seen.jsonl');
}

/** What happened, a letter each: a file Joins, is Ready, ends (E) and has ended (X); `t` for what its tests saw. */
export function lettersOf(events: readonly Seen[]): string {
  const known: Readonly<Record<string, string>> = { joins: 'J', ready: 'R', ends: 'E', ended: 'X', 'top level': '' };
  return events.map(({ event }) => known[event] ?? 't').join('');
}
