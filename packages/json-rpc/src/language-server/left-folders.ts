/** Folders of sessions that nothing removes any more: those of a killed server, and of a killed run. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makerOf, type Place } from './place.ts';

/** Of the servers of this process. */
const own = new Set<string>();
let listens = false;

/** From now on the folder of this server is removed with this process, if `removed` was not called before. */
export function keep(place: Place): void {
  if (!listens) process.once('exit', removeOwn);
  listens = true;
  own.add(place.folder);
}

/** The server has ended. */
export function remove(place: Place): void {
  own.delete(place.folder);
  removeNow(place.folder);
}

/** Removes what processes have left that were killed. */
export function sweep(place: Place): void {
  const folder = join(place.real, place.base);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = makerOf(name);
    if (pid !== undefined && !isRunning(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function removeOwn(): void {
  for (const folder of own) removeNow(folder);
}

/** With the folders above it that are empty then. */
function removeNow(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const above of [join(folder, '..'), join(folder, '../..')]) {
    try {
      rmdirSync(above);
    } catch {
      return; // something else is in it
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
