/** The rows of a timeline: which spans are drawn in which one, from top to bottom. Pure. */
import { childFinder } from './child-sessions.ts';
import type { ChildLife, Entry, Merged } from './entries.ts';
import { lanesOf } from './lanes.ts';
import { countText } from './units.ts';

/** What the rows are grouped by. child: pools, their children and what was on each, then leases. worker: test processes. file: test files. */
export type RowsBy = 'child' | 'worker' | 'file';

export interface Item {
  readonly from: number;
  readonly to: number;
  readonly entry?: Entry;
  readonly child?: ChildLife;
}

/** wait: the wait alone. hold: from the slot on. whole: both. */
export type LanePart = 'wait' | 'hold' | 'whole' | 'child';

export type Row =
  | {
      readonly kind: 'group';
      readonly top: number;
      readonly height: number;
      readonly title: string;
      readonly note: string;
    }
  | {
      readonly kind: 'lane';
      readonly top: number;
      readonly height: number;
      readonly part: LanePart;
      /** In the order of their begins, and none at the same time as another one. */
      readonly items: readonly Item[];
    };

export interface Rows {
  readonly rows: readonly Row[];
  /** Pixels. */
  readonly height: number;
}

const heights: Readonly<Record<LanePart | 'group', number>> = { group: 28, child: 20, hold: 20, whole: 20, wait: 12 };
/** Below the last row of a group. */
const gap = 8;

export function rowsOf(run: Merged, by: RowsBy, runNames: readonly string[]): Rows {
  const layout = new Layout();
  if (by === 'file') byFile(layout, run, runNames);
  else if (by === 'worker') byWorker(layout, run, runNames);
  else byChild(layout, run, runNames);
  return { rows: layout.rows, height: layout.height };
}

class Layout {
  readonly rows: Row[] = [];
  height = 0;

  group(title: string, note: string): void {
    if (this.height > 0) this.height += gap;
    this.rows.push({ kind: 'group', top: this.height, height: heights.group, title, note });
    this.height += heights.group;
  }

  lanes(part: LanePart, items: readonly Item[]): void {
    for (const lane of lanesOf(items)) {
      this.rows.push({ kind: 'lane', top: this.height, height: heights[part], part, items: lane });
      this.height += heights[part];
    }
  }
}

function byChild(layout: Layout, { entries, children }: Merged, runNames: readonly string[]): void {
  const key = (run: number, of: string): string => `${run} ${of}`;
  const ofEach = Map.groupBy(entries, ({ run, of }) => key(run, of));
  const childrenOfEach = Map.groupBy(children, ({ run, event }) => key(run, `pool ${event.pool}`));
  for (const name of [...new Set([...childrenOfEach.keys(), ...ofEach.keys()])].toSorted(poolsFirst)) {
    const [its, lives] = [ofEach.get(name) ?? [], childrenOfEach.get(name) ?? []];
    const run = its[0]?.run ?? lives[0]?.run ?? 0;
    const title = name.slice(name.indexOf(' ') + 1);
    const isPool = its[0]?.kind !== 'lease';
    const note = isPool
      ? `${countText(its.length, 'session')} on ${countText(lives.length, 'child', 'children')}`
      : `asked for ${countText(its.length, 'time')}`;
    layout.group(runNames.length > 1 ? `${title} · ${runNames[run] ?? ''}` : title, note);
    const lanes = lanesOf(lives.map((child) => ({ from: child.since, to: child.over, child })));
    const laneOf = new Map(lanes.flatMap((lane, at) => lane.map(({ child }) => [child, at] as const)));
    const lifeOf = childFinder(lives);
    const onLane = Map.groupBy(
      its.filter(({ granted }) => granted !== undefined),
      (entry) => laneOf.get(lifeOf(entry) as ChildLife) ?? -1,
    );
    for (const [at, lane] of lanes.entries()) {
      layout.lanes('child', lane);
      layout.lanes('hold', (onLane.get(at) ?? []).map(held));
    }
    layout.lanes('hold', (onLane.get(-1) ?? []).map(held));
    const waits = its.filter(({ waited }) => waited >= 0.1);
    layout.lanes(
      'wait',
      waits.map((entry) => ({ from: entry.since, to: entry.since + entry.waited, entry })),
    );
  }
}

function byFile(layout: Layout, { entries }: Merged, runNames: readonly string[]): void {
  const files = Map.groupBy(entries, ({ run, file, shard = '' }) => JSON.stringify([run, file ?? '', shard]));
  for (const its of files.values()) {
    const { run, file = 'no file is known', shard } = its[0] as Entry;
    const title = [
      file,
      ...(shard === undefined ? [] : [`shard ${shard}`]),
      ...(runNames.length > 1 ? [runNames[run] ?? ''] : []),
    ];
    const waited = its.reduce((sum, entry) => sum + entry.waited, 0);
    layout.group(
      title.join(' · '),
      `${countText(its.length, 'call')}${waited >= 1 ? `, waited ${Math.round(waited)} ms` : ''}`,
    );
    layout.lanes(
      'whole',
      its.map((entry) => ({ from: entry.since, to: entry.over, entry })),
    );
  }
}

function byWorker(layout: Layout, { entries }: Merged, runNames: readonly string[]): void {
  const workers = Map.groupBy(entries, ({ run, worker = '' }) => JSON.stringify([run, worker]));
  for (const its of workers.values()) {
    const { run, worker = 'no test process is known', shard } = its[0] as Entry;
    const files = new Set(its.flatMap(({ file }) => file ?? []));
    const title = [
      worker,
      ...(shard === undefined ? [] : [`shard ${shard}`]),
      ...(runNames.length > 1 ? [runNames[run] ?? ''] : []),
    ];
    layout.group(title.join(' · '), `${countText(its.length, 'call')} of ${countText(files.size, 'test file')}`);
    layout.lanes(
      'whole',
      its.map((entry) => ({ from: entry.since, to: entry.over, entry })),
    );
  }
}

function held(entry: Entry): Item {
  return { from: entry.granted ?? entry.over, to: entry.over, entry };
}

function poolsFirst(a: string, b: string): number {
  const rank = (name: string): number => (/^\d+ pool /.test(name) ? 0 : 1);
  return rank(a) - rank(b);
}

/** The first that ends after this moment, or its length. @param items of a lane */
export function firstAfter(items: readonly Item[], time: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.to ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first row whose bottom is below this place, or their number. */
export function firstRowBelow(rows: readonly Row[], y: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && row.top + row.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}
