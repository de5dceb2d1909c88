/**
 * Which of several processes starts the machine's host: an exclusive file decides. It is never taken over: where the
 * process that made it is proven to be gone, the next file decides. The names belong to the host that they are to succeed,
 * so a late process cannot take the files of one start for those of another.
 */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listOrEmpty } from '../process/files.ts';
import { mayBeRunning, startTimeOf, type ProcessIdentity } from '../process/identity.ts';

/** Starts that were killed, one after the other. */
const most = 1_000;

/** This process may start the host; or another one does. */
export type StartTurn =
  | { readonly ours: true; end(): void }
  | { readonly ours: false; readonly file: string; readonly pid: number | undefined };

/** @param after the id of the host that is gone; `none` if there was none */
export function takeStartTurn(folder: string, after: string): StartTurn {
  const own = join(folder, `.${process.pid}-${++turns}`);
  const identity: ProcessIdentity = { pid: process.pid, startTime: startTimeOf(process.pid) };
  writeFileSync(own, JSON.stringify(identity), { mode: 0o600 });
  try {
    for (let number = 0; ; number++) {
      const file = join(folder, `start-${after}-${number}`);
      try {
        // With its content: a process that is killed here must not leave half a file.
        linkSync(own, file);
        return { ours: true, end: () => rmSync(file, { force: true }) };
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST' || number >= most) throw thrown;
      }
      const by = starterIn(file);
      if (by === undefined || mayBeRunning(by)) return { ours: false, file, pid: by?.pid };
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Of this process. */
let turns = 0;

/** Once a host runs, the files of earlier starts decide nothing any more. */
export function forgetStartTurns(folder: string, before: string): void {
  for (const name of listOrEmpty(folder)) {
    if (name.startsWith('start-') && !name.startsWith(`start-${before}-`)) rmSync(join(folder, name), { force: true });
  }
}

function starterIn(file: string): ProcessIdentity | undefined {
  try {
    return parseStarter(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // removed meanwhile, or not ours
  }
}

/** What is in such a file; undefined for half of one. */
export function parseStarter(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime } = JSON.parse(text) as ProcessIdentity;
    return Number.isInteger(pid) ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}
