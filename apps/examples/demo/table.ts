/** Figures side by side, as text. */
import { styleText } from 'node:util';
import { median } from './break-even.ts';
import type { Run } from './run.ts';

interface Row {
  readonly title: string;
  readonly of: (run: Run) => number | undefined;
  readonly show: (value: number) => string;
}

export const seconds = (value: number): string => `${value.toFixed(1)} s`;
const mebibytes = (value: number): string => `${Math.round(value / 1024 / 1024)} MiB`;

const rows = (noun: string): readonly Row[] => [
  { title: `${noun} started`, of: ({ started }) => started, show: String },
  { title: `${noun} at one time`, of: ({ watched }) => watched?.atOnce, show: String },
  { title: 'wall time', of: ({ wall }) => wall, show: seconds },
  { title: 'CPU time, all processes', of: ({ watched }) => watched?.cpu, show: seconds },
  { title: 'peak memory, all processes', of: ({ watched }) => watched?.memory, show: mebibytes },
];

/** Within this much of each other two measurements are the same. */
const noise = 0.05;

/** @returns the table, and the rows in which Carpool is worse */
export function table(
  noun: string,
  { perFile, carpool }: { readonly perFile: readonly Run[]; readonly carpool: readonly Run[] },
): { readonly lines: string[]; readonly worse: string[] } {
  const lines = [line('', 'one per file', 'Carpool', '')];
  const worse: string[] = [];
  for (const { title, of, show } of rows(noun)) {
    const before = median(perFile.map(of));
    const after = median(carpool.map(of));
    if (before === undefined || after === undefined) {
      lines.push(line(title, 'not measured', 'not measured', 'needs Linux'));
      continue;
    }
    const verdict = compare(before, after);
    if (verdict.worse) worse.push(title.trim());
    const colour = verdict.worse ? 'yellow' : after < before * (1 - noise) ? 'green' : 'dim';
    lines.push(line(title, show(before), show(after), styleText(colour, verdict.words)));
  }
  return { lines, worse };
}

function compare(before: number, after: number): { readonly words: string; readonly worse: boolean } {
  const ratio = after / before;
  if (Math.abs(ratio - 1) <= noise) return { words: 'the same', worse: false };
  return ratio < 1
    ? { words: `${(1 / ratio).toFixed(1)} x less`, worse: false }
    : { words: `${ratio.toFixed(1)} x more`, worse: true };
}

export function line(title: string, before: string, after: string, verdict: string): string {
  return `  ${title.padEnd(34)}${before.padStart(14)}${after.padStart(14)}   ${verdict}`.trimEnd();
}
