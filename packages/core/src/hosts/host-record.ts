/**
 * What a host writes into its folder, so that others can tell whether it lives: a pid alone says nothing where a temporary
 * folder belongs to several containers.
 */
import { lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeIfAllowed } from '../process/files.ts';
import { pidSpace, startTimeOf, type PidSpace, type ProcessIdentity } from '../process/identity.ts';

export interface HostRecord extends ProcessIdentity, PidSpace {
  /** The version of this format. */
  readonly version: 1;
  /** Random; all that the host starts carries it in its environment as CARPOOL_HOST. */
  readonly id: string;
  /** Where it listens, and the token: the file is for its user alone. */
  readonly address?: string | undefined;
}

const fileName = 'host.json';

/** Of this process. */
export function ownRecord(address?: string): HostRecord {
  // Not `crypto`, whose loading the start of the host would pay for: it need not be secret.
  const digits = (): string => Math.random().toString(16).slice(2, 10).padEnd(8, '0');
  const id = digits() + digits() + digits() + digits();
  return { version: 1, id, pid: process.pid, startTime: startTimeOf(process.pid), ...pidSpace(), address };
}

/** Whether pids of a record mean the same processes here. Where the system shows no namespace, nothing proves that. */
export function isOfThisPidSpace(record: PidSpace): boolean {
  const { boot, namespace } = pidSpace();
  return namespace !== '' && record.boot === boot && record.namespace === namespace;
}

/** As a whole: a reader never finds half of it. */
export function writeRecord(folder: string, record: HostRecord): void {
  const file = join(folder, fileName);
  writeFileSync(`${file}.part`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

/** One that cannot be removed says that this host was killed. */
export function removeRecord(folder: string): void {
  removeIfAllowed(join(folder, fileName));
}

/** @returns undefined for anything that `writeRecord` cannot have written: only what has a record of ours is removed */
export function readHostRecord(folder: string): HostRecord | undefined {
  const file = join(folder, fileName);
  try {
    const stats = lstatSync(file);
    const ours = stats.isFile() && (process.getuid?.() ?? stats.uid) === stats.uid;
    return ours ? parseRecord(readFileSync(file, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}

function parseRecord(text: string): HostRecord | undefined {
  const value = JSON.parse(text) as Partial<Record<keyof HostRecord, unknown>> | null;
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, id, pid, startTime, boot, namespace, address } = value;
  const right =
    version === 1 &&
    typeof id === 'string' &&
    /^[0-9a-f]{32}$/.test(id) &&
    Number.isInteger(pid) &&
    (pid as number) > 0 &&
    (startTime === undefined || typeof startTime === 'string') &&
    (address === undefined || typeof address === 'string') &&
    typeof boot === 'string' &&
    typeof namespace === 'string';
  return right ? (value as unknown as HostRecord) : undefined;
}
