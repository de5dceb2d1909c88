/**
 * The private folder of a host: its socket, the record of the host itself, and of the children it started. Mode 0700,
 * made anew for each host, removed when it ends; what a killed host left is found by its name and swept.
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
  /** What the hub listens on. */
  readonly socket: string;
  /** What a shared worker listens on, by its number. */
  readonly socketOf: (number: number) => string;
  /** Where started children are recorded. */
  readonly children: string;
  /** Removes all of it. */
  remove(): void;
}

/** Of all sockets in a place; the others are the hub's and those of shared workers. */
const longestName = 'wzzz';

/** Folders of all hosts of this user, living or not, begin so. */
function prefix(): string {
  return `carpool-${windows ? 'user' : String(process.getuid?.() ?? 'user')}-`;
}

/** @throws CarpoolError HUB_UNREACHABLE if there is no place for a socket */
export function makeHostDirectory(bases: readonly string[] = hostDirectoryBases()): HostDirectory {
  // No secret: the folder is ours alone, and `mkdir` fails if there is one of that name.
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

/** Where folders of hosts may be: the system's temporary folder, and `/tmp` where that one's path is too long. */
export function hostDirectoryBases(): readonly string[] {
  return windows ? [tmpdir()] : [...new Set([tmpdir(), '/tmp'])];
}

/** Folders of hosts of this user that are no longer running. */
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

/** Somebody else's folder with our name in a shared `/tmp` proves nothing and is left alone. */
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
