/** Ends the processes that a killed host has left, and removes its folder. */
import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listOrEmpty, removeIfAllowed } from '../process/files.ts';
import { endMarked } from '../process/marked.ts';
import { folderRecordName, parseFolderRecord } from '../process/pid-files.ts';
import { sweepRecords } from '../process/reaper.ts';
import { isTempFolderName, removeTempFolder } from '../process/temp-folder.ts';
import { abandonedHosts, type AbandonedHost } from './abandoned-hosts.ts';
import { sweepEndings } from './left-ending.ts';

/** Milliseconds after each signal. */
const deadlines = { terminate: 1_000, kill: 2_000 };

/** Takes a few seconds at most. Does not reject: what cannot be ended or removed stays for the next sweep. */
export async function sweep(bases?: readonly string[]): Promise<void> {
  sweepEndings(bases);
  await Promise.allSettled((await abandonedHosts(bases)).map(sweepHost));
}

/** @returns whether its folder is removed; false: something of it could not be ended or removed, or is where it cannot be seen */
export async function sweepHost({ folder, record, samePids }: AbandonedHost): Promise<boolean> {
  const swept = await sweepRecords(join(folder, 'children'), { deadlines, samePids });
  // What its config and shared workers had started, and what of its children has no record.
  const marked = await endMarked(record.id, { since: record.startTime, ...deadlines });
  const kept = swept.some(({ outcome }) => outcome === 'unkillable' || outcome === 'owned' || outcome === 'elsewhere');
  if (kept || marked.length > 0) return false;
  try {
    // Nothing is left that could be in them. That of the host is the last, because its records name the others.
    const removed = foldersIn(join(folder, 'children')).map(removeTempFolder);
    return removed.every(Boolean) && removeIfAllowed(folder, { recursive: true });
  } catch {
    return false; // a record, or a folder that one names, may not be seen
  }
}

/** Temporary folders of children that are outside the folder of the host. Only what is certainly one of ours is removed. */
function foldersIn(records: string): string[] {
  return listOrEmpty(records)
    .filter((name) => folderRecordName.test(name))
    .flatMap((name) => parseFolderRecord(readFileSync(join(records, name), 'utf8')) ?? [])
    .filter((path) => isTempFolderName(basename(path)) && isOwnFolder(path));
}

function isOwnFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (process.getuid?.() ?? stats.uid) === stats.uid;
}
