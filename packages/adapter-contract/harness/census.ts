/** What of a run is still there: processes that carry its mark in their environment, and files in its temporary folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

function processesWith(mark: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)) continue;
      found.push(`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()}`);
    } catch {
      // It has gone, or is not ours to look at.
    }
  }
  return found.filter((line) => !line.endsWith(' '));
}

/** What runners themselves leave in the temporary folder: Vitest a cache if it is interrupted, Playwright its artifacts. */
const ofRunners = /^[\w-]{21}$|^playwright-/;

/** All that is left of a run, once nothing is or the deadline has passed. */
export async function leftOver(mark: string, folder: string): Promise<string[]> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const processes = processesWith(mark);
    const left = [...processes, ...readdirSync(folder)].filter((line) => !ofRunners.test(line));
    if (left.length === 0 || performance.now() > deadline) {
      for (const line of processes) end(Number.parseInt(line, 10));
      return left;
    }
    // Strangers' processes send no message when they end.
    await pause(20);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}
