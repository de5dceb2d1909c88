/**
 * What hosts of the machine leave where they were found: the folders of versions that are not used any more, and of earlier
 * boots, and files of processes that were killed while they took their turn to start one. As with the folders of hosts,
 * their end is proven, or they stay.
 *
 *   a record of this PID space   its process is gone
 *   a record of another one      the folder of its host is gone, which one that lives would have made again
 *   no record, taken back        nothing was written there for a day
 */
import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { listOrEmpty, lstatOf, removeIfAllowed } from '../process/files.ts';
import { mayBeRunning } from '../process/identity.ts';
import { parseAddress } from '../wire/address.ts';
import { isOfThisPidSpace, readHostRecord, type HostRecord } from './host-record.ts';
import { machineFolderName } from './machine-folder.ts';
import { machineFolders } from './own-folders.ts';
import { parseStarter } from './start-turn.ts';

/** Milliseconds without a change after which a folder without a host is left. */
const untouched = 24 * 60 * 60 * 1_000;
/** Milliseconds in which a process may be about to use what it has just made. */
const settleTime = 60_000;

/** Those that are proven to be left. The folder of this version and boot is none of them: the next host uses it. */
export function leftMachineFolders(bases?: readonly string[]): string[] {
  return machineFolders(bases).filter((folder) => !folder.endsWith(machineFolderName()) && isLeft(folder));
}

/** What cannot be removed stays for the next sweep. */
export function sweepMachineFolders(bases?: readonly string[]): void {
  for (const folder of leftMachineFolders(bases)) removeMachineFolder(folder);
  for (const folder of machineFolders(bases)) removeKilledStarters(folder);
}

/** @returns whether it is gone */
export function removeMachineFolder(folder: string): boolean {
  return removeIfAllowed(folder, { recursive: true });
}

function isLeft(folder: string): boolean {
  try {
    return isProvenLeft(folder);
  } catch {
    return false; // something in it cannot be seen, so nothing is proven
  }
}

function isProvenLeft(folder: string): boolean {
  const age = Date.now() - lastChange(folder);
  if (age < settleTime || listOrEmpty(folder).some((name) => mayBeStarting(folder, name))) return false;
  const record = readHostRecord(folder);
  return record === undefined ? age > untouched : isGone(record);
}

function isGone(record: HostRecord): boolean {
  if (isOfThisPidSpace(record)) return !mayBeRunning(record);
  // It throws for no address that a host has written.
  const address = record.address === undefined ? undefined : parseAddress(record.address);
  return address !== undefined && 'path' in address && statOrNothing(dirname(address.path)) === undefined;
}

/** Of the folder, and of what is in it. */
function lastChange(folder: string): number {
  const paths = [folder, ...listOrEmpty(folder).map((name) => join(folder, name))];
  return Math.max(...paths.map((path) => statOrNothing(path)?.mtimeMs ?? 0));
}

function mayBeStarting(folder: string, name: string): boolean {
  if (!name.startsWith('start-')) return false;
  const starter = parseStarter(textOf(join(folder, name)));
  return starter === undefined || mayBeRunning(starter);
}

/** As `takeStartTurn` names them: `.PID-NUMBER`. */
function removeKilledStarters(folder: string): void {
  for (const name of listOrEmpty(folder).filter((one) => /^\.\d+-\d+$/.test(one))) {
    const file = join(folder, name);
    const starter = parseStarter(textOf(file));
    const isOld = Date.now() - (lstatOf(file)?.mtimeMs ?? Infinity) > settleTime;
    // Half of one is being written, or its process was killed meanwhile.
    if (starter === undefined ? isOld : !mayBeRunning(starter)) removeIfAllowed(file);
  }
}

function statOrNothing(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // removed meanwhile, or not ours
  }
}
