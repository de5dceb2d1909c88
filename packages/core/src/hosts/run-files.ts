/** Where the timelines of the last runs of a project are kept, and which there are. */
import { join, dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { listOrEmpty, removeIfAllowed } from '../process/files.ts';

/** Timelines that are kept for a project. */
const keptRuns = 10;

const named = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-\d+\.jsonl$/;

/** In the nearest folder with a `node_modules`, from here upwards. `undefined`: there is none, and nothing is kept. */
export function runsFolder(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) return join(modules, '.cache', 'carpool', 'runs');
    if (dirname(folder) === folder) return undefined;
  }
}

/** @param started milliseconds since 1970 */
export function runFileName(started: number, pid: number): string {
  return `${new Date(started).toISOString().replaceAll(/[:.]/g, '-')}-${pid}.jsonl`;
}

/** The paths of those in this folder, the last one first. */
export function runFiles(folder: string): string[] {
  return listOrEmpty(folder)
    .filter((name) => named.test(name))
    .toSorted()
    .toReversed()
    .map((name) => join(folder, name));
}

/** Makes room for one more. What the system refuses to remove stays. */
export function removeOldRuns(folder: string): void {
  for (const file of runFiles(folder).slice(keptRuns - 1)) removeIfAllowed(file);
}
