/**
 * Why a run or a host was ended, left for a worker that begins later: it finds no socket. That of a run is beside the place of
 * its socket and goes with the folder of the host; that of the host of the machine is beside its log, one for all hosts; that
 * of the host of a run is beside its folder, and the process that has started the host removes it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toRecord, type CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { listOrEmpty, lstatOf, removeIfAllowed } from '../process/files.ts';
import { endedFolder, endingOfFolder, endingOfHost, endingOfRun } from '../wire/left-ending.ts';
import { hostDirectoryBases, isHostFolderName } from './host-directory.ts';

/** Milliseconds after which one is removed whose runner was killed. */
const kept = 24 * 60 * 60 * 1_000;

export function leaveEndingOfRun(socket: string, error: CarpoolError): void {
  const file = endingOfRun(socket);
  if (file !== undefined) write(file, toRecord(error));
}

/** Of the host of the machine. @param folder with its sockets */
export function leaveEndingOfHost(log: string, folder: string, error: CarpoolError): void {
  const record = toRecord(error);
  write(endingOfHost(log), { ...record, context: { ...record.context, [endedFolder]: folder } });
}

/** Of the host of a run. @param folder with its sockets */
export function leaveEndingOfFolder(folder: string, error: CarpoolError): void {
  const file = endingOfFolder(folder);
  if (file !== undefined) write(file, toRecord(error));
}

/** The process that has started the host of this folder ends. What cannot be removed stays for a sweep. */
export function forgetEnding(folder: string): void {
  const file = endingOfFolder(folder);
  if (file !== undefined) removeIfAllowed(file);
}

/** Those of a day ago and before. What cannot be removed, or not be seen, stays for the next sweep. */
export function sweepEndings(bases: readonly string[] = hostDirectoryBases()): void {
  const uid = process.getuid?.();
  for (const base of bases)
    for (const name of listOrEmpty(base)) {
      if (!name.endsWith('.ended') || !isHostFolderName(name.slice(0, -'.ended'.length))) continue;
      const file = join(base, name);
      const stats = lstatOf(file);
      if (stats?.isFile() === true && stats.uid === (uid ?? stats.uid) && Date.now() - stats.mtimeMs > kept)
        removeIfAllowed(file);
    }
}

function write(file: string, record: object): void {
  try {
    rmSync(file, { force: true });
    // Others may write to the folder: what they have put there is not followed.
    writeFileSync(file, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
  } catch (thrown) {
    // Tests fail with less.
    process.stdout.write(`carpool: cannot write ${file}: ${messageOf(thrown)}\n`);
  }
}
