/** What is kept of the last runs of a project, as the commands find it. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { laterFirst } from '../base/record-name.ts';
import { bytesAt, statOf } from './files.ts';
import { runFiles, runsFolder, runsFolders, transcriptFileOf, transcriptFiles } from './run-files.ts';

/** Bytes: more than the first line of a record can have, which names two paths. */
const mostOfHeader = 64 * 1024;

/** The paths of the timelines of this project, the last one first. @param folder of the project, or in it */
export function keptRuns(folder: string): string[] {
  return keptIn(folder, runFiles);
}

/** The paths of its transcripts, as `transcriptFiles` orders them: also of those that its runs have kept in another folder. */
export function keptTranscripts(folder: string): string[] {
  const elsewhere = keptRuns(folder).flatMap((run) => transcriptOf(run) ?? []);
  return [...new Set([...keptIn(folder, transcriptFiles), ...elsewhere])].toSorted(laterFirst);
}

/** The path of the transcript of a run, beside its timeline or where that says. `undefined`: there is none. */
export function transcriptOf(timeline: string): string | undefined {
  const beside = transcriptFileOf(timeline);
  if (beside !== timeline && statOf(beside) !== undefined) return beside;
  const named = namedTranscript(timeline);
  return named !== undefined && statOf(named) !== undefined ? named : undefined;
}

/** The path that a timeline gives of its transcript, which need not be there. `undefined`: it gives none. */
export function namedTranscript(timeline: string): string | undefined {
  const named = headerOf(timeline)?.['transcript'];
  return typeof named === 'string' ? named : undefined;
}

/**
 * A project that had no `node_modules` when it ran has its records in that of a folder above, and may have one of its own now: a
 * runner makes it for a cache. So those above count, too, where their project would keep them here today; not those of others.
 */
function keptIn(folder: string, filesIn: (folder: string) => string[]): string[] {
  const [nearest, ...above] = runsFolders(folder);
  if (nearest === undefined) return [];
  const isOfHere = (file: string): boolean => {
    const project = headerOf(file)?.['folder'];
    const today = typeof project === 'string' ? runsFolder(project) : undefined;
    return today !== undefined && placeOf(today) === placeOf(nearest);
  };
  return [...filesIn(nearest), ...above.flatMap(filesIn).filter(isOfHere)].toSorted(laterFirst);
}

/** Of a folder of runs, which may not be there yet: its `node_modules` is. */
function placeOf(runs: string): string {
  return realpathSync(join(runs, '..', '..', '..'));
}

/** The first line of a record. `undefined`: it cannot be read, or is none, which is told where the file itself is wanted. */
function headerOf(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const [line = ''] = bytesAt(file, 0, mostOfHeader).toString('utf8').split('\n', 1);
    const header: unknown = JSON.parse(line);
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
