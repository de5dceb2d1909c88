/** Where what was recorded of the last runs of a project is kept, and which there are. */
import { basename, dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { kindOfRecord, laterFirst, pidInName, type RecordKind } from '../base/record-name.ts';
import { bytesAt, listOrEmpty, removeIfAllowed, statOf } from './files.ts';
import { exists } from './identity.ts';

/** Timelines that are kept for a project. */
const mostTimelines = 10;
/** Transcripts, which are large. */
export const mostTranscripts = 5;
/** Milliseconds. Several processes of one run may have one each: no other of it removes them. */
const young = 10 * 60 * 1000;

/** Bytes: more than the last line of a transcript that is complete. */
const mostOfEnd = 512;

/** In the nearest folder with a `node_modules`, from here upwards. `undefined`: there is none, and nothing is kept. */
export function runsFolder(from: string): string | undefined {
  return runsFolders(from).next().value ?? undefined;
}

/** In each folder with a `node_modules`, from here upwards: what the first one was may change when a tool makes another. */
export function* runsFolders(from: string): Generator<string, void> {
  for (let folder = from; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) yield join(modules, '.cache', 'carpool', 'runs');
    if (dirname(folder) === folder) return;
  }
}

/** @param started milliseconds since 1970 */
export function runFileName(started: number, pid: number): string {
  return `${new Date(started).toISOString().replaceAll(/[:.]/g, '-')}-${pid}.jsonl`;
}

/** Beside the timeline of the same run. @param run the name or the path of that */
export function transcriptFileOf(run: string): string {
  return run.endsWith('.transcript.jsonl') ? run : run.replace(/\.jsonl$/, '.transcript.jsonl');
}

/**
 * Of the pools that a process has itself.
 * @param run the name of the timeline that it would have
 * @param number from 1: where a process loads Carpool once for each file of tests, as in Jest, each has one of its own
 */
export function poolsTranscriptOf(run: string, number: number): string {
  return run.replace(/\.jsonl$/, `.pools${number === 1 ? '' : `-${number}`}.transcript.jsonl`);
}

/** The timeline beside the transcript of the same run. @param file the name or the path of either */
export function timelineFileOf(file: string): string {
  return file.replace(/\.transcript\.jsonl$/, '.jsonl');
}

/** Its name is that of the timeline of a run. */
export function isTimeline(path: string): boolean {
  return kindOfRecord(path) === 'timeline';
}

/** The paths of those in this folder, the last one first. */
export function runFiles(folder: string): string[] {
  return filesIn(folder, 'timeline');
}

/** The paths of the transcripts of runs in this folder, the last one first; then those of pools in process, likewise. */
export function transcriptFiles(folder: string): string[] {
  return filesIn(folder, 'transcript', 'transcript of pools');
}

/** Of its folder, how many transcripts of runs are of later ones. @param run the path of a timeline */
export function laterTranscripts(run: string): number {
  const own = basename(transcriptFileOf(run));
  return filesIn(dirname(run), 'transcript').filter((file) => laterFirst(file, own) < 0).length;
}

/** Makes room for one more. What the system refuses to remove stays. */
export function removeOldRuns(folder: string): void {
  for (const file of runFiles(folder).slice(mostTimelines - 1)) removeIfAllowed(file);
}

/** As `removeOldRuns`. What a process that is there may still write stays, however long it has written nothing. @param now milliseconds since 1970 */
export function removeOldTranscripts(folder: string, now: number): void {
  for (const kind of ['transcript', 'transcript of pools'] as const) {
    for (const file of filesIn(folder, kind).slice(mostTranscripts - 1)) {
      const changed = statOf(file)?.mtimeMs ?? 0;
      if (now - changed > young && !isBeingWritten(file)) removeIfAllowed(file);
    }
  }
}

function filesIn(folder: string, ...kinds: readonly RecordKind[]): string[] {
  const isOne = (name: string): boolean => kinds.some((kind) => kind === kindOfRecord(name));
  return listOrEmpty(folder)
    .filter((name) => isOne(name))
    .toSorted(laterFirst)
    .map((name) => join(folder, name));
}

/** It has no end yet, and the process of its name is there: its main process, where it is of a run on the host of a machine. */
function isBeingWritten(file: string): boolean {
  const pid = pidInName(file);
  return pid !== undefined && exists(pid) && !isComplete(file);
}

/** False where it cannot be read. */
function isComplete(file: string): boolean {
  try {
    return /\n\{"e":"end",[^\n]*\}\n$/.test(bytesAt(file, -mostOfEnd, mostOfEnd).toString('utf8'));
  } catch {
    return false;
  }
}
