/**
 * A small file for each child that was started, so that after a host was killed the next one can end exactly what it left
 * (reaper.ts). The file is written in the turn in which the child is started, and removed when the child and its whole
 * group are gone.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ProcessIdentity, startTimeOf } from './identity.ts';

export interface ChildRecord {
  /** The version of this format. */
  readonly version: 1;
  /** Random; the child and what it starts carry it in their environment as CARPOOL_CHILD. */
  readonly id: string;
  readonly pid: number;
  readonly startTime: string | null;
  readonly pgid: number;
  /** For messages only. */
  readonly command: string;
  /** The host that started it: while that one runs, no other process may end the child. */
  readonly host: { readonly pid: number; readonly startTime: string | null };
}

/** A temporary folder of a child, outside the folder of the host. */
export interface FolderRecord {
  /** The version of this format. */
  readonly version: 1;
  readonly path: string;
}

export interface StartedChild extends ProcessIdentity {
  readonly id: string;
  readonly command: string;
}

export class PidFiles {
  readonly directory: string;
  readonly #host: ChildRecord['host'] = { pid: process.pid, startTime: startTimeOf(process.pid) ?? null };
  readonly #records = new Map<string, ChildRecord>();
  readonly #folders = new Set<string>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Children that may still be there. */
  get records(): readonly ChildRecord[] {
    return [...this.#records.values()];
  }

  /** Synchronous: not even a turn of the event loop may pass between the start of a child and its record. */
  add({ id, pid, startTime, command }: StartedChild): void {
    const record: ChildRecord = {
      version: 1,
      id,
      pid,
      startTime: startTime ?? null,
      pgid: pid,
      command,
      host: this.#host,
    };
    this.#write(record);
    this.#records.set(record.id, record);
  }

  /** Writes all records again, after something has removed the files. */
  restore(): void {
    for (const record of this.#records.values()) this.#write(record);
    for (const path of this.#folders) this.#writeFolder(path);
  }

  /** Records a temporary folder of a child that is about to be made. @returns forgets it */
  addFolder(path: string): () => void {
    this.#folders.add(path);
    this.#writeFolder(path);
    return () => this.removeFolder(path);
  }

  removeFolder(path: string): void {
    if (this.#folders.delete(path)) this.#remove(folderFileOf(this.directory, path));
  }

  #write(record: ChildRecord): void {
    this.#writeFile(fileOf(this.directory, record.id), record);
  }

  #writeFolder(path: string): void {
    this.#writeFile(folderFileOf(this.directory, path), { version: 1, path } satisfies FolderRecord);
  }

  #writeFile(file: string, record: ChildRecord | FolderRecord): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.part`, JSON.stringify(record), { mode: 0o600 });
    renameSync(`${file}.part`, file);
  }

  remove(id: string): void {
    if (this.#records.delete(id)) this.#remove(fileOf(this.directory, id));
  }

  #remove(file: string): void {
    try {
      rmSync(file, { force: true });
    } catch {
      // The record of a child that is gone is harmless: the next sweep removes it.
    }
  }
}

/** The names of records; any other file in the directory is not ours. */
export const recordName: RegExp = /^child-([0-9a-f]{32})\.json$/;

/** The names of records of folders. */
export const folderRecordName: RegExp = /^folder-(.+)\.json$/;

function folderFileOf(directory: string, path: string): string {
  return join(directory, `folder-${basename(path)}.json`);
}

function fileOf(directory: string, id: string): string {
  return join(directory, `child-${id}.json`);
}

/** @returns undefined for anything that `add` cannot have written: only a complete record may end a process */
export function parseRecord(text: string, id: string): ChildRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value['host'])) return undefined;
  const { version, pid, startTime, pgid, command, host } = value;
  const right =
    version === 1 &&
    value['id'] === id &&
    isPid(pid) &&
    pgid === pid &&
    isStartTime(startTime) &&
    typeof command === 'string' &&
    isPid(host['pid']) &&
    isStartTime(host['startTime']);
  return right ? (value as unknown as ChildRecord) : undefined;
}

/** The path in the record of a folder; undefined for anything that `addFolder` cannot have written. */
export function parseFolderRecord(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) && value['version'] === 1 && typeof value['path'] === 'string' ? value['path'] : undefined;
  } catch {
    return undefined;
  }
}

export function identityOf({ pid, startTime }: ChildRecord | ChildRecord['host']): ProcessIdentity {
  return { pid, startTime: startTime ?? undefined };
}

function isObject(value: unknown): value is Record<string, unknown> & { host: Record<string, unknown> } {
  return typeof value === 'object' && value !== null;
}

function isPid(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 1;
}

function isStartTime(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
