/**
 * The private folder of a host: its sockets, its own record, and those of its children. Mode 0700; made for each host and
 * removed when that one ends. The next host finds what a killed one left by its name and its record (abandoned-hosts.ts).
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { removeIfAllowed } from '../process/files.ts';
import { formatAddress } from '../wire/address.ts';
import { ownRecord, readHostRecord, writeRecord, type HostRecord } from './host-record.ts';

const windows = process.platform === 'win32';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS and the BSDs, the closing NUL included. */
const longestSocketPath = process.platform === 'linux' ? 107 : 103;

export interface HostDirectory {
  readonly folder: string;
  /** What is in its file. */
  readonly record: HostRecord;
  /** What everything that the host starts carries in its environment. */
  readonly id: string;
  /** The socket of the hub. */
  readonly socket: string;
  /** The socket of a shared worker, by its number. */
  readonly socketOf: (number: number) => string;
  /** The folder for records of children. */
  readonly children: string;
  /** Whether the folder and the record are there: a cleaner of temporary files may have removed them. */
  complete(): boolean;
  /** Makes the folder and the record again. */
  restore(): void;
  /** Removes all of it. What the system refuses to remove stays for the next sweep. */
  remove(): void;
}

/** No socket in the folder has a longer name. */
const longestName = 'wzzz';

/** The names of all folders of this user's hosts begin with it. */
export function folderPrefix(): string {
  return `carpool-${windows ? 'user' : String(process.getuid?.() ?? 'user')}-`;
}

/** Whether a folder of this user's hosts can have this name. */
export function isHostFolderName(name: string): boolean {
  return name.startsWith(folderPrefix()) && /^[0-9a-f]{12}$/.test(name.slice(folderPrefix().length));
}

/** The socket of the hub, by the folder of its host. */
export function hubSocketIn(folder: string): string {
  return windows ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, 'hub');
}

/**
 * Makes it in the first of `bases` that allows it: the temporary folder may be read-only, full, or have too long a path.
 * @param token what its hub wants to see, for its record
 * @throws CarpoolError HUB_UNREACHABLE if none does
 */
export function makeHostDirectory(bases: readonly string[] = hostDirectoryBases(), token?: string): HostDirectory {
  // It need not be secret: the folder is private, and `mkdir` fails if the name exists.
  const name = `${folderPrefix()}${Math.random().toString(16).slice(2, 14).padEnd(12, '0')}`;
  const short = bases.filter(
    (base) => windows || Buffer.byteLength(join(base, name, longestName)) <= longestSocketPath,
  );
  if (short.length === 0) throw tooLong(bases, name);
  const failures: { readonly base: string; readonly thrown: unknown }[] = [];
  for (const base of short) {
    try {
      return makeIn(join(base, name), token);
    } catch (thrown) {
      failures.push({ base, thrown });
    }
  }
  const reasons = failures.map(({ base, thrown }) => `in ${base}: ${messageOf(thrown)}`).join('; ');
  throw new CarpoolError('HUB_UNREACHABLE', `Cannot make a folder for the socket ${reasons}`, {
    context: { tried: failures.map(({ base }) => join(base, name)) },
    cause: failures[0]?.thrown,
  });
}

function makeIn(folder: string, token: string | undefined): HostDirectory {
  const socket = hubSocketIn(folder);
  const record = ownRecord(token === undefined ? undefined : formatAddress({ path: socket, token }));
  const remove = (): void => void removeIfAllowed(folder, { recursive: true });
  mkdirSync(folder, { mode: 0o700 });
  try {
    writeRecord(folder, record);
  } catch (thrown) {
    remove(); // a full disk allows a folder, and no file in it
    throw thrown;
  }
  return {
    folder,
    record,
    id: record.id,
    socket,
    socketOf: (number) => {
      const short = `w${number.toString(36)}`;
      return windows ? `${socket}-${short}` : join(folder, short);
    },
    children: join(folder, 'children'),
    complete: () => readHostRecord(folder)?.id === record.id,
    restore() {
      mkdirSync(folder, { mode: 0o700, recursive: true });
      writeRecord(folder, record);
    },
    remove,
  };
}

/** Where host folders may be: the system's temporary folder, or `/tmp` where that one cannot be used. */
export function hostDirectoryBases(): readonly string[] {
  return windows ? [tmpdir()] : [...new Set([tmpdir(), '/tmp'])];
}

function tooLong(bases: readonly string[], name: string): CarpoolError {
  const tried = bases.map((base) => join(base, name, longestName));
  const message = `Cannot listen on a socket: ${tried.join(' and ')} are longer than the ${longestSocketPath} bytes that this platform allows; set TMPDIR to a shorter path`;
  return new CarpoolError('HUB_UNREACHABLE', message, { context: { tried, limit: longestSocketPath } });
}
