/** The private folders of this user, by their names: of hosts, and those in which the hosts of the machine are found. */
import { join } from 'node:path';
import { listOrEmpty, lstatOf } from '../process/files.ts';
import { folderPrefix, hostDirectoryBases, isHostFolderName } from './host-directory.ts';

/** Folders of hosts. Links are left out, as is what belongs to another user. */
export function hostFolders(bases: readonly string[] = hostDirectoryBases()): string[] {
  return foldersNamed(bases, isHostFolderName);
}

/** The folders in which the machine's hosts of all versions are found. */
export function machineFolders(bases: readonly string[] = hostDirectoryBases()): string[] {
  return foldersNamed(bases, (name) => name.startsWith(`${folderPrefix()}machine-`));
}

function foldersNamed(bases: readonly string[], isOne: (name: string) => boolean): string[] {
  return bases.flatMap((base) =>
    listOrEmpty(base)
      .filter(isOne)
      .map((name) => join(base, name))
      .filter(isPrivate),
  );
}

/** It is no link, it belongs to this user, and others cannot write to it. False where it cannot be seen. */
export function isPrivate(folder: string): boolean {
  const stats = lstatOf(folder);
  if (stats?.isDirectory() !== true) return false;
  return process.platform === 'win32' || (stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0);
}
