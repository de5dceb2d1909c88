/** The table of the contract, for the guide. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lines } from './lines/contract.ts';

export const page: string = join(import.meta.dirname, '../../../../docs/plushie-interface.md');

/** Between these two lines of the page. */
const marks = ['<!-- the contract: begin -->', '<!-- the contract: end -->'] as const;

/** A row for every line; formatted as oxfmt does it. */
function table(): string {
  const head = ['`session_pool`', 'here', 'test', 'in process', 'Vitest', 'Jest', 'Playwright Test'];
  const rows = lines.map(({ theirs, ours, title, needsFiles = false }) => {
    return [theirs, ours, title, needsFiles ? 'one process only' : 'yes', 'yes', 'yes', 'yes'];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The page with this table in it. */
export function pageWithTable(): string {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [text.indexOf(marks[0]), text.indexOf(marks[1])];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for the table: ${marks.join(' … ')}`);
  return `${text.slice(0, begin)}${marks[0]}\n\n${table()}\n\n${text.slice(end)}`;
}
