/** The rows of one set-up: whole suites that differ in where their tests find the child, beside each other. */
import { bounded, comparedAdded, minus } from '../measure.ts';
import type { Result, Row, RowOptions } from '../row.ts';
import { both, runInTurns, titles, type Suite } from './costs.ts';
import { layOutPackages, type SetUp } from './write.ts';

export function rowsOf(setUp: SetUp): Row {
  return async (options) => {
    layOutPackages();
    return [...(await unused(setUp, options)), ...(await shared(setUp, options))];
  };
}

/**
 * What Carpool adds to a file that does not use it, as a slope: what it adds to a large suite, less what it adds to a
 * small one, for each file between the two. The start of the host, which a run pays once, is so left out without
 * knowing it. The small suite has two files, and not one, because with two both workers run; and not half of the large
 * one, because the time of a run is disturbed in proportion to its length: a small one adds less error and takes less
 * time. Jest's has 24: it runs up to 20 files in its main process.
 */
async function unused(setUp: SetUp, options: RowOptions): Promise<Result[]> {
  const small = setUp === 'jest' ? 24 : 2;
  const more = options.quick ? 8 : setUp === 'jest' ? 48 : 24;
  const suite = (contestant: Suite['contestant'], files: number): Suite => ({ contestant, size: { files } });
  const suites = {
    none: suite('none', small),
    unused: suite('unused', small),
    noneLarge: suite('none', small + more),
    unusedLarge: suite('unused', small + more),
  };
  const measures = await runInTurns(setUp, suites, options, 7);
  const label = titles[setUp];
  return [
    ...both(measures, (of, naming) => {
      const budget = { limit: 3, side: 'at most', of: 'value' } as const;
      const added = minus(minus(of('unusedLarge'), of('noneLarge')), minus(of('unused'), of('none')));
      const named = naming({ id: `file-unused-${setUp}`, section: 'file-unused', label, budget });
      const whole = minus(of('noneLarge'), of('none')).map((time) => time / more);
      return bounded(
        named,
        added.map((time) => time / more),
        whole,
      );
    }),
    ...both(measures, (of, naming) => {
      const named = naming({ id: `run-${setUp}`, section: 'file-start', label: `once a run, unused: ${label}` });
      return bounded(named, minus(of('unused'), of('none')), of('none'));
    }),
  ];
}

/**
 * What sharing a child adds to a file: the difference to the suite without a child, divided by the number of files. The
 * starts of the host, and of the relay by hand, are part of it, as they are part of what a user waits for.
 */
async function shared(setUp: SetUp, options: RowOptions): Promise<Result[]> {
  const files = options.quick ? 8 : 48;
  const suite = (contestant: Suite['contestant']): Suite => ({ contestant, size: { files } });
  const suites = {
    none: suite('none'),
    shared: suite('shared'),
    child: suite('child'),
    byHand: suite('by-hand'),
  };
  const measures = await runInTurns(setUp, suites, options);
  const atMost = (limit: number) => ({ limit, side: 'at most' }) as const;
  const label = titles[setUp];
  return [
    ...both(measures, (of, naming) => {
      const named = naming({ id: `file-shared-${setUp}`, section: 'file-shared', label, budget: atMost(0.6) });
      return comparedAdded(named, { subject: of('shared'), baseline: of('child'), plain: of('none'), count: files });
    }),
    ...both(measures, (of, naming) => {
      const named = naming({ id: `file-by-hand-${setUp}`, section: 'file-by-hand', label, budget: atMost(1.3) });
      return comparedAdded(named, { subject: of('shared'), baseline: of('byHand'), plain: of('none'), count: files });
    }),
  ];
}
