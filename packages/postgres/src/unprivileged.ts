/**
 * PostgreSQL refuses to run as root, the usual user in containers. There it runs as the user `nobody`, in a folder that
 * belongs to it, with binaries that it can read.
 */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './locate.ts';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/** `undefined`: as this process. */
export async function unprivilegedUser(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (which: '-u' | '-g'): Promise<number> => Number((await run('id', [which, 'nobody'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/** Makes a folder in the private one, closed to all but the server's user and this one. */
export function makeFolder(temp: string, name: string): string {
  const path = join(temp, name);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** Gives what was made to the server's user; the way to it may be gone through, but not be listed. */
export async function give(user: RunAs | undefined, temp: string, folders: readonly string[]): Promise<void> {
  if (user === undefined) return;
  const closed = closedAbove(temp);
  if (closed !== undefined)
    throw new Error(
      `the server runs as "nobody", because PostgreSQL refuses to run as root, and ${closed} is closed to that user: set the option \`folder\` to one that is open`,
    );
  chmodSync(temp, 0o711);
  await run('chown', ['-R', `${user.uid}:${user.gid}`, ...folders]);
}

/** Binaries that the user can run: a copy, where a folder above them is closed, for example /root. */
export async function readable(user: RunAs | undefined, binaries: Binaries, temp: string): Promise<Binaries> {
  const bin = dirname(binaries.postgres);
  if (user === undefined || (closedAbove(bin) === undefined && isOpen(bin))) return binaries;
  const copy = join(temp, 'server');
  await cp(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  const inCopy = (path: string): string => join(copy, path.slice(dirname(bin).length));
  return { ...binaries, postgres: inCopy(binaries.postgres), initdb: inCopy(binaries.initdb) };
}

/** The first folder above this path that other users cannot enter. */
export function closedAbove(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  return isOpen(parent) ? closedAbove(parent) : parent;
}

function isOpen(folder: string): boolean {
  return (statSync(folder).mode & 0o001) !== 0;
}
