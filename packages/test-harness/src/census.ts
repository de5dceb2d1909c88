/** What is left of a run: processes that carry its mark in their environment, and files in its temporary folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds until what is left is reported. */
const timeout = 30_000;

/** A line for each process whose environment contains the mark: `PID COMMAND`. Zombies are left out. */
export function processesWith(mark: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)) continue;
      found.push(`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()}`);
    } catch {
      // The process has ended, or belongs to another user.
    }
  }
  return found.filter((line) => !line.endsWith(' '));
}

/**
 * Waits until nothing is left of a run, and returns what is left at the deadline. Kills those processes then.
 *
 * @param tolerated - lines of processes and names of files that may be left
 */
export async function leftOver(mark: string, folder: string, tolerated: readonly RegExp[]): Promise<string[]> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const processes = processesWith(mark);
    const left = [...processes, ...readdirSync(folder)].filter((line) => !tolerated.some((one) => one.test(line)));
    if (left.length === 0 || performance.now() > deadline) {
      for (const line of processes) end(Number.parseInt(line, 10));
      return left;
    }
    // Only their parent gets a message when they end.
    await pause(20);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
