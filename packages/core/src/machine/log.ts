/** The log of a host that has no terminal: it is appended to for as long as the host lives, and must not fill the disk. */
import { ftruncateSync, fstatSync, statSync } from 'node:fs';

/** Bytes. What is older goes when they are reached. */
const most = 4 * 1024 * 1024;
/** Milliseconds. */
const interval = 10_000;

/** Does nothing where stdout is another file: in the foreground it is the user's. */
export function boundLog(log: string): void {
  setInterval(() => {
    const { dev, ino, size } = fstatSync(1);
    const own = statSync(log, { throwIfNoEntry: false });
    if (size > most && own?.ino === ino && own.dev === dev) ftruncateSync(1, 0);
  }, interval).unref();
}
