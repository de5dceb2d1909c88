/** The log of a host that has no terminal: it is appended to for as long as the host lives, and must not fill the disk. */
import { appendFileSync, ftruncateSync, fstatSync, statSync } from 'node:fs';

/** Bytes. What is older goes when they are reached. */
const most = 4 * 1024 * 1024;
/** Milliseconds. */
const interval = 10_000;

/** A line of the log, or of the terminal of `carpool serve`, with the time. */
export function printLine(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}

/** Where stdout is another file it is the user's, in the foreground: errors name the log all the same, which says so. */
export function boundLog(log: string): void {
  if (!isStdout(log)) {
    const where = `the host of this machine, process ${process.pid}, runs in the foreground of \`carpool serve\`, and prints there`;
    appendFileSync(log, `${new Date().toISOString()} ${where}\n`, { mode: 0o600 });
    return;
  }
  setInterval(() => {
    if (fstatSync(1).size > most && isStdout(log)) ftruncateSync(1, 0);
  }, interval).unref();
}

function isStdout(log: string): boolean {
  const { dev, ino } = fstatSync(1);
  const own = statSync(log, { throwIfNoEntry: false });
  return own?.ino === ino && own.dev === dev;
}
