/** Where hosts have their sockets, and children their temporary folders. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { messageOf } from '../../base/thrown.ts';
import { hostDirectoryBases, makeHostDirectory } from '../../hosts/host-directory.ts';
import { findMachineFolder } from '../../hosts/machine-folder.ts';
import { memoryText } from '../ps/units.ts';
import type { Finding } from './finding.ts';

/** Bytes. Databases and browsers of tests need more than this. */
const little = 200 * 1024 * 1024;
/** A host can write its records, and not much else. */
const tooLittle = 10 * 1024 * 1024;
/** Files and folders. */
const fewFiles = 1_000;
const check = 'temp';

/** Makes the folder that a host would make, and removes it. */
export function checkTemp(bases: readonly string[] = hostDirectoryBases()): Finding[] {
  let base: string;
  try {
    const made = makeHostDirectory(bases);
    base = dirname(made.folder);
    made.remove();
  } catch (thrown) {
    const advice = 'Set TMPDIR to a folder with a short path that can be written';
    return [{ check, status: 'problem', text: messageOf(thrown), advice }];
  }
  const [wanted = tmpdir()] = bases;
  const used: Finding[] =
    base === wanted
      ? []
      : [
          {
            check,
            status: 'warning',
            text: `${wanted} cannot hold the folder of a host: it cannot be written, is full, or its path is too long for a socket. ${base} is used instead`,
            advice: 'Set TMPDIR to a folder with a short path that can be written',
          },
        ];
  return [...used, spaceIn(base), ...machineFolderIn(bases)];
}

function spaceIn(base: string): Finding {
  const { bavail, bsize, ffree, files } = statfsSync(base);
  const free = bavail * bsize;
  const fewLeft = files > 0 && ffree < fewFiles;
  const text = `${base}: ${memoryText(free)} free${fewLeft ? `, and ${ffree} files` : ''}`;
  if (free >= little && !fewLeft) return { check, status: 'ok', text };
  const status = free < tooLittle || fewLeft ? 'problem' : 'warning';
  return { check, status, text, advice: `Remove files from ${base}, or set TMPDIR to another folder` };
}

/** Where the host of this machine is found: another user may have made that folder. */
function machineFolderIn(bases: readonly string[]): Finding[] {
  try {
    findMachineFolder(bases);
    return [];
  } catch (thrown) {
    return [{ check, status: 'problem', text: messageOf(thrown) }];
  }
}
