/** A table as data: cells with what they sort by, which columns fit a width, which rows are wanted. No terminal, no page. */

export interface Column {
  readonly key: string;
  readonly title: string;
  /** Numbers stand at the right. */
  readonly numeric?: true;
  /** Takes the width that is left. */
  readonly grows?: true;
  /** Of what is too long the end is shown: it is a path. */
  readonly path?: true;
  /** Columns of a larger one are left out first where there is no room. 0 stays. */
  readonly rank: number;
}

export interface Cell {
  readonly text: string;
  /** Default: the text. Absent ones come last. */
  readonly by?: number | undefined;
}

/** `warn`: something waits, or may be wrong. `dim`: of less interest. */
export type Tone = 'warn' | 'dim';

export interface Row {
  /** Stays the same while the thing is there. */
  readonly key: string;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly tone?: Tone | undefined;
  /** The session that it is of, with the key of its pool. Absent: it has no detail. */
  readonly session?: { readonly pool: string; readonly id: string } | undefined;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Of the whole list, beyond those that the host names. */
  readonly unnamed: number;
}

export interface Order {
  /** The key of a column. */
  readonly column: string;
  readonly descending: boolean;
}

/** Rows that have the text somewhere, whatever its case. Empty: all. */
export function filtered(rows: readonly Row[], text: string): readonly Row[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter(({ cells }) => Object.values(cells).some((cell) => cell.text.toLowerCase().includes(wanted)));
}

/** Equal ones keep their order. */
export function sorted(rows: readonly Row[], { column, descending }: Order): readonly Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    if (x.by !== undefined && y.by !== undefined) return sign * (x.by - y.by);
    if (x.by !== undefined || y.by !== undefined) return Number(x.by === undefined) - Number(y.by === undefined);
    return sign * compare(x.text, y.text);
  });
}

/** By numbers in the text, as people count: s2 before s10. Not by the locale of the machine. */
function compare(a: string, b: string): number {
  const parts = (text: string): readonly string[] => text.match(/\d+|\D+/g) ?? [];
  const [x, y] = [parts(a), parts(b)];
  for (let at = 0; at < Math.min(x.length, y.length); at++) {
    const [one = '', other = ''] = [x[at], y[at]];
    if (one === other) continue;
    const numbers = Number(one) - Number(other);
    if (!Number.isNaN(numbers) && numbers !== 0) return numbers;
    return one < other ? -1 : 1;
  }
  return x.length - y.length;
}

export interface Fitted extends Column {
  readonly width: number;
}

/** Between two columns. */
const gap = 1;
/** Of a column that grows. */
const narrowest = 12;
/** Of another one. */
const widest = 24;

/**
 * The columns that have room, with their widths.
 * @param widthOf columns of a terminal that a text takes
 */
export function fitted(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  width: number,
  widthOf: (text: string) => number,
): readonly Fitted[] {
  const natural = columns.map((column) => {
    const longest = Math.max(
      widthOf(column.title) + 1,
      ...rows.map(({ cells }) => widthOf(cells[column.key]?.text ?? '')),
    );
    return { ...column, width: column.grows ? narrowest : Math.min(longest, widest) };
  });
  let kept = natural;
  const total = (): number => kept.reduce((sum, one) => sum + one.width + gap, -gap);
  while (total() > width) {
    const last = kept.reduce((least, one) => (one.rank > least.rank ? one : least));
    if (last.rank === 0) break;
    kept = kept.filter((one) => one !== last);
  }
  const growing = kept.filter(({ grows }) => grows).length;
  if (growing === 0) return kept;
  const left = Math.max(0, width - total());
  const each = Math.floor(left / growing);
  return kept.map((one) =>
    one.grows ? { ...one, width: Math.max(1, narrowest + each + Math.min(0, width - total())) } : one,
  );
}

/** The first row that is shown, so that the selected one is among them. @param before what was the first */
export function scrolled(
  before: number,
  at: number,
  { height, count }: { readonly height: number; readonly count: number },
): number {
  const last = Math.max(0, count - height);
  return Math.max(0, Math.min(last, Math.max(at - height + 1, Math.min(before, at))));
}
