/** What a terminal of a size shows of a view: lines of styled texts, none wider than it. Nothing is said by colour alone. */
import { printable } from '../../../base/printable.ts';
import { count } from '../../ps/units.ts';
import { marks, timeOfDay, type Message } from './message.ts';
import { fitted, scrolled, type Fitted, type Row } from './table.ts';
import { sections, titles } from './tables.ts';
import { titleOf } from './title.ts';
import { selectedAt, shownTable, type Detail, type View } from './view.ts';

export type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'inverse' | 'yellow';

export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

export type Line = readonly Span[];

export interface Size {
  readonly columns: number;
  readonly rows: number;
  /** Columns that a text takes. */
  readonly widthOf: (text: string) => number;
}

/** Above and below the rows of a table. */
const around = 5;

/** Rows of the table, or of messages, that are shown at once. */
export function pageOf({ rows }: Pick<Size, 'rows'>): number {
  return Math.max(1, rows - around);
}

/** @param first the row that was the first one of the table. @returns with the one that is now */
export function linesOf(
  view: View,
  size: Size,
  first: number,
): { readonly lines: readonly Line[]; readonly first: number } {
  const { columns, rows } = size;
  const above = [titleLine(view), ...(view.detail === undefined ? [tabLine(view, columns)] : detailLines(view.detail))];
  const page = pageOf(size);
  const table = view.detail === undefined ? tableLines(view, size, { first, page }) : undefined;
  const middle = table?.lines ?? messageLines(view.detail, size, page + 1);
  const all = [...above, ...middle, footLine(view, columns)].map((line) => cut(line, size));
  return { lines: all.slice(0, rows), first: table?.first ?? first };
}

function titleLine(view: View): Line {
  const { title, summary, fault } = titleOf(view);
  if (fault !== undefined) return [{ text: `! ${fault}`, style: 'yellow' }];
  if (summary === '') return [{ text: title, style: 'dim' }];
  return [{ text: title, style: 'bold' }, { text: `, ${summary}` }];
}

function tabLine({ section }: View, columns: number): Line {
  const long = sections.reduce((sum, one) => sum + titles[one].length + 5, 0) <= columns;
  return sections.flatMap((one, at): Span[] => {
    const name = long ? titles[one] : (titles[one].split(' ', 1)[0] ?? '');
    const text = one === section ? `[${at + 1} ${name}]` : ` ${at + 1} ${name} `;
    return [{ text, style: one === section ? 'bold' : 'dim' }];
  });
}

function detailLines({ poolName, id, test, over }: Detail): Line[] {
  const end: Span[] = over ? [{ text: ' has ended', style: 'yellow' }] : [];
  return [
    [{ text: `${poolName} ${id}`, style: 'bold' }, ...(test === undefined ? [] : [{ text: `, ${test}` }]), ...end],
  ];
}

interface Place {
  readonly first: number;
  readonly page: number;
}

function tableLines(view: View, { columns, widthOf }: Size, { first, page }: Place): { lines: Line[]; first: number } {
  const { rows, unnamed, columns: all } = shownTable(view);
  // In front of each row stands the mark of the selected one.
  const fit = fitted({ columns: all, rows }, columns - 2, widthOf);
  const at = selectedAt(view, rows);
  const from = scrolled(first, at, { height: page, count: rows.length });
  const { column, descending } = view.orders[view.section];
  const head = fit.map((one) =>
    padded(one, one.key === column ? `${one.title}${descending ? '↓' : '↑'}` : one.title, widthOf),
  );
  const shown = rows
    .slice(from, from + page)
    .map((row, place) => rowLine(row, fit, { selected: from + place === at, widthOf }));
  const empty: Line[] = rows.length === 0 ? [[{ text: `  ${emptyText(view)}`, style: 'dim' }]] : [];
  const body = [...shown, ...empty, ...Array.from({ length: page }, (): Line => [])].slice(0, page);
  const below = Math.max(0, rows.length - from - page);
  const more = [
    from > 0 && `${from} above`,
    below > 0 && `${below} below`,
    unnamed > 0 && `${unnamed} not listed`,
  ].filter(Boolean);
  const rest: Line = more.length === 0 ? [] : [{ text: `  ${more.join(', ')}`, style: 'dim' }];
  return { lines: [[{ text: `  ${head.join(' ')}`, style: 'bold' }], ...body, rest], first: from };
}

function emptyText({ filter, status, section }: View): string {
  if (status === undefined) return '';
  return filter === '' ? `no ${titles[section].toLowerCase()}` : `nothing has ${JSON.stringify(filter)}`;
}

function rowLine(
  row: Row,
  fit: readonly Fitted[],
  { selected, widthOf }: { selected: boolean; widthOf: Size['widthOf'] },
): Line {
  const text = fit.map((column) => padded(column, row.cells[column.key]?.text ?? '', widthOf)).join(' ');
  const style = selected ? 'inverse' : row.tone === 'warn' ? 'yellow' : row.tone;
  return [{ text: `${selected ? '>' : ' '} ${text}`, style }];
}

function padded({ width, numeric, path }: Fitted, text: string, widthOf: Size['widthOf']): string {
  const own = widthOf(text);
  if (own > width) return path === true ? ended(text, width, widthOf) : shortened(text, width, widthOf);
  const space = ' '.repeat(width - own);
  return numeric === true ? space + text : text + space;
}

/** The end of a text. Padded as `shortened`. */
function ended(text: string, width: number, widthOf: Size['widthOf']): string {
  const turned = Array.from(text).toReversed().join('');
  return Array.from(shortened(turned, width, widthOf).trimEnd())
    .toReversed()
    .join('')
    .padEnd(width);
}

/** Padded where half a wide character would be left. */
function shortened(text: string, width: number, widthOf: Size['widthOf']): string {
  if (width <= 0) return '';
  let kept = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    if (widthOf(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…${' '.repeat(Math.max(0, width - 1 - widthOf(kept)))}`;
}

/** Nothing is wider than the terminal: a line that is wrapped would push others out. */
function cut(line: Line, { columns, widthOf }: Size): Line {
  const kept: Span[] = [];
  let left = columns;
  for (const span of line) {
    const width = widthOf(span.text);
    if (width > left) {
      if (left > 0) kept.push({ ...span, text: shortened(span.text, left, widthOf) });
      break;
    }
    kept.push(span);
    left -= width;
  }
  return kept;
}

const styles: Readonly<Record<Message['kind'], Style>> = {
  before: 'dim',
  unanswered: 'yellow',
  in: 'green',
  out: 'cyan',
  lost: 'yellow',
};

/** The last that fit, above those that are below. A long one goes on below. */
function messageLines(detail: Detail | undefined, { columns, widthOf }: Size, height: number): Line[] {
  if (detail === undefined) return [];
  const { messages, back } = detail;
  const lines: Line[] = [];
  for (const message of messages.slice(0, messages.length - back).toReversed()) {
    lines.unshift(...wrapped(message, columns, widthOf));
    if (lines.length >= height) break;
  }
  if (messages.length === 0) lines.push([{ text: 'nothing was said so far', style: 'dim' }]);
  const below: Line[] = back === 0 ? [[]] : [[{ text: `${count(back, 'message')} below`, style: 'dim' }]];
  return [...lines.slice(-height), ...Array.from({ length: height }, (): Line => [])].slice(0, height).concat(below);
}

function wrapped({ kind, time, text }: Message, columns: number, widthOf: Size['widthOf']): Line[] {
  const front = time === undefined ? '' : `${timeOfDay(time)} `;
  const chunks = chunked(`${marks[kind]}${printable(text)}`, columns - front.length, widthOf);
  return chunks.map((chunk, at) => [
    { text: at === 0 ? front : ' '.repeat(front.length), style: 'dim' },
    { text: chunk, style: styles[kind] },
  ]);
}

function chunked(text: string, width: number, widthOf: Size['widthOf']): string[] {
  if (widthOf(text) <= width) return [text];
  const chunks: string[] = [];
  let chunk = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    const own = widthOf(segment);
    if (used + own > width && chunk !== '') {
      chunks.push(chunk);
      [chunk, used] = ['', 0];
    }
    chunk += segment;
    used += own;
  }
  return [...chunks, chunk];
}

function footLine({ typing, filter, detail }: View, columns: number): Line {
  if (typing)
    return [
      { text: `filter: ${filter}`, style: 'bold' },
      { text: '_' },
      { text: '  Enter keeps it, Escape ends it', style: 'dim' },
    ];
  const own = filter === '' || detail !== undefined ? '' : `filter: ${filter}  `;
  if (detail !== undefined) return [{ text: '↑↓ scroll  End follow  q back', style: 'dim' }];
  const keys =
    columns < 80 ? 'Enter / s r Tab q' : '↑↓ select  Enter messages  / filter  s sort  r reverse  Tab next  q quit';
  return [
    { text: own, style: 'bold' },
    { text: keys, style: 'dim' },
  ];
}
