/**
 * Files of 7 tests, each with a session and 1 or 100 requests, whose tests share one child, against a Node child for each
 * file: what sharing is worth where tests hardly talk, and where they talk a lot.
 */
import { comparedAdded } from '../measure.ts';
import type { Row } from '../row.ts';
import { both, runInTurns, type Suite } from '../suites/costs.ts';
import { layOutPackages } from '../suites/write.ts';

const row: Row = async (options) => {
  layOutPackages();
  const files = options.quick ? 8 : 24;
  const suite = (contestant: Suite['contestant'], requests: number): Suite => ({
    contestant,
    size: { files, requests },
  });
  const suites = {
    none: suite('none', 1),
    shared1: suite('shared', 1),
    child1: suite('child', 1),
    shared100: suite('shared', 100),
    child100: suite('child', 100),
  };
  const measures = await runInTurns('vitest-forks', suites, options);
  return [
    { requests: 1, shared: 'shared1', child: 'child1', limit: 0.6 } as const,
    { requests: 100, shared: 'shared100', child: 'child100', limit: 1 } as const,
  ].flatMap(({ requests, shared, child, limit }) =>
    both(measures, (of, naming) => {
      const label = `Vitest forks, ${requests === 1 ? '1 request' : `${requests} requests`} in each test`;
      const budget = { limit, side: 'at most' } as const;
      const named = naming({ id: `file-shared-${requests}`, section: 'file-shared', label, budget });
      return comparedAdded(named, { subject: of(shared), baseline: of(child), plain: of('none'), count: files });
    }),
  );
};
export default row;
