/** How what a file or a test adds changes with the number of them: the same suite in several sizes, one after the other. */
import { bounded, minus, progress } from '../measure.ts';
import type { Result, Row } from '../row.ts';
import { both, runInTurns } from './costs.ts';
import { layOutPackages, type Size } from './write.ts';

export interface Growth {
  readonly id: 'files' | 'tests';
  readonly counts: readonly number[];
  readonly quickCounts: readonly number[];
  size(count: number): Size;
}

export function growthRow({ id, counts, quickCounts, size }: Growth): Row {
  return async (options) => {
    layOutPackages();
    const results: Result[] = [];
    for (const count of options.quick ? quickCounts : counts) {
      progress(`${count} ${id}`);
      const suites = {
        none: { contestant: 'none', size: size(count) },
        shared: { contestant: 'shared', size: size(count) },
      } as const;
      // A large suite is disturbed less, in proportion, and takes minutes.
      const measures = await runInTurns('vitest-forks', suites, options, count >= 500 ? 1 : 3);
      results.push(
        ...both(measures, (of, naming) => {
          const label = `${count.toLocaleString('en')} ${id}, shared child; what each adds`;
          const each = (times: readonly number[]): number[] => times.map((time) => time / count);
          const named = naming({ id: `growth-${id}-${count}`, section: 'growth', label });
          return bounded(named, each(minus(of('shared'), of('none'))), each(of('none')));
        }),
      );
    }
    return results;
  };
}
