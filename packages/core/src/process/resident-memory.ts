/** What the children of a host take of the machine's memory, as far as the system shows it: on Linux. */
import { readFileSync } from 'node:fs';

/** Of `/proc`. Every Linux that Node runs on has it, or a multiple of it. */
const pageSize = 4_096;

/** Resident bytes of these processes together, without what they have started. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + residentBytesOf(pid), 0);
}

/** 0: it has gone, or the system does not show it. */
export function residentBytesOf(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return Number(pages) * pageSize;
  } catch {
    return 0; // it has gone, or the system shows nothing
  }
}
