/** When which fault concerns shards: from its line to the next `well`. */
import type { Fault, Line } from './journal.ts';

export interface Window {
  readonly fault: Fault;
  readonly from: number;
  readonly to: number;
}

export function windowsIn(lines: readonly Line[]): Window[] {
  return lines.flatMap((fault, from) => {
    if (fault.event !== 'fault') return [];
    const length = lines.slice(from).findIndex(({ event }) => event === 'well');
    return [{ fault, from, to: length < 0 ? Infinity : from + length }];
  });
}

/** Its shards say nothing more. */
export function kills({ how }: Fault): boolean {
  return how === 'shard' || how === 'machine';
}
