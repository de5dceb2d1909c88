/** The table of docs/runners.md, from the run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const page = join(import.meta.dirname, '../../docs/runners.md');

/** Between these two lines of the page. */
const marks = ['<!-- from the run: begin -->', '<!-- from the run: end -->'] as const;

export interface Cell {
  readonly title: string;
  readonly runner: string;
  readonly remark?: string;
}

export interface Result extends Cell {
  readonly passed: boolean;
}

/** A row for every title, a column for every runner, in their order; formatted as oxfmt does it. */
export function table(results: readonly Result[]): string {
  const runners = [...new Set(results.map(({ runner }) => runner))];
  const titles = [...new Set(results.map(({ title }) => title))];
  const cell = (title: string, runner: string): string => {
    const found = results.find((result) => result.title === title && result.runner === runner);
    if (found === undefined) return 'not run';
    return [found.passed ? 'yes' : 'no', ...(found.remark === undefined ? [] : [found.remark])].join('; ');
  };
  const rows = [['', ...runners], ...titles.map((title) => [title, ...runners.map((runner) => cell(title, runner))])];
  const widths = ['', ...runners].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** The page with this table in it. */
export function pageWith(results: readonly Result[]): string {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [text.indexOf(marks[0]), text.indexOf(marks[1])];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for the table: ${marks.join(' … ')}`);
  return `${text.slice(0, begin)}${marks[0]}\n\n${table(results)}\n\n${text.slice(end)}`;
}
