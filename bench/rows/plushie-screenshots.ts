/**
 * 24 files of 10 tests, each of which draws a small app on a headless plushie-renderer, clicks, and takes a screenshot of
 * the default size, 3 MiB: one renderer for the run, from Carpool, against one for each file, by hand. Each test has a
 * session of its own on both sides, which is reset at its end.
 */
import { compared, leaveOut, takeTurns } from '../measure.ts';
import { findRenderer } from '../renderer.ts';
import type { Row } from '../row.ts';
import { takeStarts, writePlushieSuite } from '../suites/plushie.ts';
import { peakMemory, runSuite } from '../suites/run.ts';
import { layOutPackages } from '../suites/write.ts';

const setUp = 'vitest-forks';

const row: Row = async (options) => {
  const renderer = findRenderer();
  if (renderer === undefined) {
    return leaveOut('there is no plushie-renderer: `node scripts/install-renderer.mjs` installs it');
  }
  layOutPackages();
  const size = { files: options.quick ? 4 : 24, tests: 10, renderer };
  const folders = {
    baseline: writePlushieSuite('renderer-each', size),
    shared: writePlushieSuite('shared', size),
  };
  const costOf = (folder: string) => async () => {
    takeStarts(folder);
    return { ...(await runSuite(setUp, folder)), starts: takeStarts(folder) };
  };
  const costs = await takeTurns(
    { baseline: costOf(folders.baseline), shared: costOf(folders.shared) },
    { rounds: 5, warmUps: 1 },
    options,
  );
  const peaks = await takeTurns(
    {
      baseline: () => peakMemory(setUp, folders.baseline),
      shared: () => peakMemory(setUp, folders.shared),
    },
    { rounds: 5, warmUps: 0 },
    options,
  );
  const of = (quantity: 'wall' | 'cpu' | 'starts') =>
    [costs.shared.map((cost) => cost[quantity]), costs.baseline.map((cost) => cost[quantity])] as const;
  const naming = { section: 'file-renderer', label: 'Vitest forks, 24 files of 10 tests' } as const;
  const budget = { limit: 1, side: 'at most' } as const;
  return [
    compared({ ...naming, id: 'plushie-screenshots-wall', quantity: 'wall', unit: 'ms', budget }, ...of('wall')),
    compared({ ...naming, id: 'plushie-screenshots-cpu', quantity: 'CPU', unit: 'ms', budget }, ...of('cpu')),
    compared(
      { ...naming, id: 'plushie-screenshots-memory', quantity: 'memory', unit: 'MiB', budget },
      peaks.shared,
      peaks.baseline,
    ),
    compared(
      {
        ...naming,
        id: 'plushie-screenshots-renderers',
        quantity: 'starts',
        unit: 'renderers',
        budget: { limit: 0.5, side: 'at most' },
      },
      ...of('starts'),
    ),
  ];
};
export default row;
