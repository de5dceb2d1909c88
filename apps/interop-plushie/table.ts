/** The table at the end, as Markdown. */
import type { Count } from './results.ts';

export interface Cell extends Count {
  /** How many renderers the whole run has started; of a single group it is not known. */
  readonly renderers?: number;
}

export interface Row {
  /** "todo", "all of mock, JSON" */
  readonly title: string;
  /** In the order of the columns; what is missing was not run. */
  readonly cells: readonly (Cell | undefined)[];
}

/** Columns as wide as their longest text, as oxfmt does it. */
export function table(columns: readonly string[], rows: readonly Row[]): string {
  const lines = [
    ['tests', ...columns],
    ...rows.map(({ title, cells }) => [title, ...columns.map((_, column) => text(cells[column]))]),
  ];
  const widths = ['tests', ...columns].map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((one, column) => one.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** "7, 1 skipped, 0.41 s, 1 renderer" */
function text(cell: Cell | undefined): string {
  if (cell === undefined) return 'not run';
  const { passed, failed, skipped, seconds, renderers } = cell;
  const parts = [`${passed}`];
  if (failed > 0) parts.push(`${failed} FAILED`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  parts.push(`${seconds.toFixed(1)} s`);
  if (renderers !== undefined) parts.push(renderers === 1 ? '1 renderer' : `${renderers} renderers`);
  return parts.join(', ');
}
