/** From runs to the rows of the tables. */
import { basename } from 'node:path';
import type { Run } from './plan.ts';
import { total } from './results.ts';
import type { Finished } from './run.ts';
import type { Cell, Row } from './table.ts';

/** Each run on each pool, in the order of the columns. */
export type ByRun = ReadonlyMap<Run, Finished[]>;

/** A row for each file of each run. */
export function groupRows(byRun: ByRun): readonly Row[] {
  return [...byRun].flatMap(([run, finished]) => {
    const paths = new Set(finished.flatMap(({ files }) => [...files.keys()]));
    return [...paths].toSorted().map((path) => ({
      title: `${run.title}: ${basename(path).replace(/\.test\.tsx?$/, '')}`,
      cells: finished.map(({ files }) => files.get(path)),
    }));
  });
}

/** A row for each run, with the time and the renderers of the whole. */
export function summaryRows(unit: Finished, byRun: ByRun): readonly Row[] {
  return [
    // Once: they start no renderer, and say nothing of a pool.
    { title: 'unit tests, without a renderer', cells: [sum(unit), undefined, undefined] },
    ...[...byRun].map(([run, finished]) => ({ title: run.title, cells: finished.map(sum) })),
  ];
}

function sum({ files, seconds, renderers }: Finished): Cell {
  return { ...total(files, seconds), renderers };
}
