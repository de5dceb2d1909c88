/** The log of a host that has no terminal: it is appended to for as long as the host lives, and must not fill the disk. */
import { ftruncateSync, fstatSync } from 'node:fs';

/** Bytes. What is older goes when they are reached. */
const most = 4 * 1024 * 1024;
/** Milliseconds. */
const interval = 10_000;

/** Looks at the file that stdout is, if it is one. */
export function boundLog(): void {
  setInterval(() => {
    const stats = fstatSync(1);
    if (stats.isFile() && stats.size > most) ftruncateSync(1, 0);
  }, interval).unref();
}
