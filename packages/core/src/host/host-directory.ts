/**
 * The private folder of a host: its sockets, its own record, and those of its children. Mode 0700; made for each host and
 * removed when that one ends. The next host finds what a killed one left by its name, and sweeps it.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { listOrEmpty } from '../process/files.ts';
import { startTimeOf, type ProcessIdentity } from '../process/identity.ts';

const windows = process.platform === 'win32';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS and the BSDs, the closing NUL included. */
const longestSocketPath = process.platform === 'linux' ? 107 : 103;

export interface HostDirectory {
  readonly folder: string;
  /** The socket of the hub. */
  readonly socket: string;
  /** The socket of a shared worker, by its number. */
  readonly socketOf: (number: number) => string;
  /** The folder for records of children. */
  readonly children: string;
  /** Removes all of it. */
  remove(): void;
}

/** No socket in the folder has a longer name. */
const longestName = 'wzzz';

/** The names of all host folders of this user begin with it. */
function prefix(): string {
  return `carpool-${windows ? 'user' : String(process.getuid?.() ?? 'user')}-`;
}

/** @throws CarpoolError HUB_UNREACHABLE if no folder allows a socket, or it cannot be made */
export function makeHostDirectory(bases: readonly string[] = hostDirectoryBases()): HostDirectory {
  // It need not be secret: the folder is private, and `mkdir` fails if the name exists.
  const name = `${prefix()}${Math.random().toString(16).slice(2, 14).padEnd(12, '0')}`;
  const base = bases.find(
    (candidate) => windows || Buffer.byteLength(join(candidate, name, longestName)) <= longestSocketPath,
  );
  if (base === undefined) throw tooLong(bases, name);
  const folder = join(base, name);
  try {
    mkdirSync(folder, { mode: 0o700 });
    // With the start time, so that a sweep can tell this host from a later process with the same pid.
    writeFileSync(join(folder, 'host.json'), JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
  } catch (thrown) {
    throw new CarpoolError('HUB_UNREACHABLE', `Cannot make a folder for the socket in ${base}: ${messageOf(thrown)}`, {
      context: { folder },
      cause: thrown,
    });
  }
  return {
    folder,
    socket: windows ? `\\\\.\\pipe\\${name}` : join(folder, 'hub'),
    socketOf: (number) => {
      const short = `w${number.toString(36)}`;
      return windows ? `\\\\.\\pipe\\${name}-${short}` : join(folder, short);
    },
    children: join(folder, 'children'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where host folders may be: the system's temporary folder, or `/tmp` if the path of that one is too long. */
export function hostDirectoryBases(): readonly string[] {
  return windows ? [tmpdir()] : [...new Set([tmpdir(), '/tmp'])];
}

/** Folders of this user's hosts that are no longer running. */
export function abandonedFolders(): string[] {
  const folders: string[] = [];
  for (const base of hostDirectoryBases()) {
    for (const name of listOrEmpty(base)) {
      const folder = join(base, name);
      if (name.startsWith(prefix()) && isOurs(folder) && !isHostAlive(hostIn(folder), folder)) folders.push(folder);
    }
  }
  return folders;
}

/** In a shared `/tmp` another user's folder may have such a name; it proves nothing and is left alone. */
function isOurs(folder: string): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (windows || stats.uid === process.getuid?.());
}

function hostIn(folder: string): Partial<ProcessIdentity> | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8')) as Partial<ProcessIdentity>;
  } catch {
    return undefined;
  }
}

function isHostAlive(host: Partial<ProcessIdentity> | undefined, folder: string): boolean {
  // Without a record the host is between making its folder and writing it, or was killed there: give it a minute.
  if (host?.pid === undefined) return Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 60_000;
  const startTime = startTimeOf(host.pid);
  if (startTime !== undefined) return startTime === host.startTime;
  try {
    process.kill(host.pid, 0);
    return host.startTime === undefined;
  } catch {
    return false;
  }
}

function tooLong(bases: readonly string[], name: string): CarpoolError {
  const tried = bases.map((base) => join(base, name, longestName));
  const message = `Cannot listen on a socket: ${tried.join(' and ')} are longer than the ${longestSocketPath} bytes that this platform allows; set TMPDIR to a shorter path`;
  return new CarpoolError('HUB_UNREACHABLE', message, { context: { tried, limit: longestSocketPath } });
}
