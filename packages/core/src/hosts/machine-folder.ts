/**
 * The private folder in which the host of this machine is found: one for each user, version of Carpool, boot and PID
 * namespace, so that all that its records say can be proven here. It holds the record of the host, its log, and the turns
 * of those that start one. The host's sockets are in a folder of its own, as those of every host.
 *
 *   carpool-1000-machine-1.2.0-1-5f3a9c02/   host.json   log   start-…
 */
import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { version } from '../base/version.ts';
import { mayBeRunning, pidSpace } from '../process/identity.ts';
import { addressVariable } from '../wire/address.ts';
import { wireVersion } from '../wire/frames.ts';
import { folderPrefix, hostDirectoryBases } from './host-directory.ts';
import { isOfThisPidSpace, readHostRecord, removeRecord, writeRecord, type HostRecord } from './host-record.ts';

/** A machine's host that runs. */
export interface MachineHost {
  /** What processes connect to: path and token. */
  readonly address: string;
  readonly pid: number;
  /** Random, another one for each host. */
  readonly id: string;
}

/** Of this version, boot and PID namespace. */
export function machineFolderName(): string {
  const { boot, namespace } = pidSpace();
  return `${folderPrefix()}machine-${version}-${wireVersion}-${shortHash(`${boot} ${namespace}`)}`;
}

/**
 * Makes the folder in the first base that allows it, or finds it there.
 * @throws CarpoolError HUB_UNREACHABLE if it is not private, no base allows it, or nothing would prove whose process is which
 */
export function machineFolder(bases: readonly string[] = hostDirectoryBases()): string {
  checkPidSpace();
  const name = machineFolderName();
  const failures: string[] = [];
  for (const base of bases) {
    const folder = join(base, name);
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') {
        failures.push(messageOf(thrown));
        continue;
      }
    }
    checkPrivate(folder);
    return folder;
  }
  throw new CarpoolError(
    'HUB_UNREACHABLE',
    `Cannot make a folder for the host of this machine: ${failures.join('; ')}. Set TMPDIR to a folder that can be written`,
    { context: { bases } },
  );
}

/**
 * The folder that `machineFolder` would find, for those who only look: makes none.
 * @returns `undefined` where there is none
 * @throws CarpoolError HUB_UNREACHABLE if it is not private, or nothing would prove whose process is which
 */
export function findMachineFolder(bases: readonly string[] = hostDirectoryBases()): string | undefined {
  checkPidSpace();
  const name = machineFolderName();
  for (const base of bases) {
    const folder = join(base, name);
    if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) {
      checkPrivate(folder);
      return folder;
    }
    // It would be made here, whatever is in the next.
    if (isWritable(base)) return undefined;
  }
  return undefined;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function checkPidSpace(): void {
  if (pidSpace().namespace !== '') return;
  const message = `Cannot use a host of this machine: /proc/self/ns/pid cannot be read, and without it nothing tells the processes of this container from those of others. Set ${addressVariable} to the address of a host`;
  throw new CarpoolError('HUB_UNREACHABLE', message);
}

/** Another user may have made it first, in a folder that all may write to. Nothing in it is looked at then. */
function checkPrivate(folder: string): void {
  const { uid, mode, isFolder } = factsOf(folder);
  const own = process.getuid?.() ?? uid;
  const fault = !isFolder
    ? 'it is no folder'
    : uid !== own
      ? `it belongs to another user (uid ${uid}, this process has ${own})`
      : process.platform !== 'win32' && (mode & 0o077) !== 0
        ? `others may use it (mode ${(mode & 0o777).toString(8)}, 700 is needed)`
        : undefined;
  if (fault === undefined) return;
  const message = `Cannot use ${folder} for the host of this machine: ${fault}. Remove it, or set TMPDIR to a folder of your own, or ${addressVariable} to the address of a host`;
  throw new CarpoolError('HUB_UNREACHABLE', message, { context: { folder } });
}

function factsOf(folder: string): { uid: number; mode: number; isFolder: boolean } {
  // A symbolic link is not followed, wherever it leads.
  const stats = lstatSync(folder);
  return { uid: stats.uid, mode: stats.mode, isFolder: stats.isDirectory() };
}

/** The record of the host whose process is not proven to be gone. */
export function livingMachineHost(folder: string | undefined): (HostRecord & MachineHost) | undefined {
  const record = folder === undefined ? undefined : readHostRecord(folder);
  if (record?.address === undefined || !isOfThisPidSpace(record)) return undefined;
  return mayBeRunning(record) ? { ...record, address: record.address } : undefined;
}

/** Where a host without a terminal writes. */
export function machineLog(folder: string): string {
  return join(folder, 'log');
}

/** From now on it is found. */
export function publishMachineHost(folder: string, record: HostRecord): void {
  writeRecord(folder, record);
}

/** It is not found any more. @param id of the host: the record of its successor stays */
export function withdrawMachineHost(folder: string, id: string): void {
  if (readHostRecord(folder)?.id === id) removeRecord(folder);
}

/** FNV-1a: `crypto` would cost every start of a host. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
