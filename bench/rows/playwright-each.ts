/** Playwright: a whole run in which each spec makes its own `test` from the config, against one `test` that all import. */
import { compared } from '../measure.ts';
import type { Row } from '../row.ts';
import { both, runInTurns } from '../suites/costs.ts';
import { layOutPackages } from '../suites/write.ts';

const row: Row = async (options) => {
  layOutPackages();
  const size = { files: options.quick ? 8 : 24 };
  const suites = { shared: { contestant: 'shared', size }, each: { contestant: 'each', size } } as const;
  const measures = await runInTurns('playwright', suites, options, 7);
  return both(measures, (of, naming) => {
    const budget = { limit: 1.05, side: 'at most' } as const;
    const named = naming({ id: 'playwright-each', section: 'file-each', label: 'the whole run, 24 files', budget });
    return compared(named, of('each'), of('shared'));
  });
};
export default row;
