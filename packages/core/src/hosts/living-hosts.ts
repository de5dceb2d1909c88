/** Finds the hosts of this user that may be running, by their records. Another user's folder is never looked into. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listOrEmpty } from '../process/files.ts';
import { isRunning, mayBeRunning } from '../process/identity.ts';
import { identityOf, parseRecord, recordName } from '../process/pid-files.ts';
import { formatAddress, parseAddress } from '../wire/address.ts';
import { hubSocketIn } from './host-directory.ts';
import { isOfThisPidSpace, readHostRecord, type HostRecord } from './host-record.ts';
import { hostFolders, machineFolders } from './own-folders.ts';

export interface LivingHost {
  readonly folder: string;
  readonly record: HostRecord;
  /** Where it can be asked. */
  readonly address: string;
  /** Whether pids mean the same processes here. If not, it may be gone: nothing proves that it runs. */
  readonly samePids: boolean;
  /** The folder in which it is found as the host of the machine, of whatever version. Undefined: that of a run. */
  readonly machine: string | undefined;
}

const windows = process.platform === 'win32';

/** Those that are proven to be gone are left out: `abandonedHosts` finds them. */
export function livingHosts(bases?: readonly string[]): LivingHost[] {
  const machines = new Map(machineFolders(bases).map((folder) => [readHostRecord(folder)?.id, folder]));
  return hostFolders(bases).flatMap((folder) => {
    const record = readHostRecord(folder);
    const address = record === undefined ? undefined : addressIn(folder, record);
    if (record === undefined || address === undefined) return [];
    const samePids = isOfThisPidSpace(record);
    const living = samePids ? mayBeRunning(record) : windows || existsSync(hubSocketIn(folder));
    return living ? { folder, record, address, samePids, machine: machines.get(record.id) } : [];
  });
}

/** The socket is the one of this folder, whatever the record says. */
function addressIn(folder: string, { address }: HostRecord): string | undefined {
  try {
    return address === undefined
      ? undefined
      : formatAddress({ path: hubSocketIn(folder), token: parseAddress(address).token });
  } catch {
    return undefined; // no address that a host has written
  }
}

/** The children of a host that run, by their records. For one that does not answer, or is gone. */
export function recordedChildren({ folder, samePids }: Pick<LivingHost, 'folder' | 'samePids'>): number[] {
  if (!samePids) return [];
  const records = join(folder, 'children');
  return listOrEmpty(records).flatMap((name) => {
    const id = recordName.exec(name)?.[1];
    if (id === undefined) return [];
    const record = parseRecord(textOf(join(records, name)), id);
    return record !== undefined && isRunning(identityOf(record)) ? record.pid : [];
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // its child has ended meanwhile
  }
}
