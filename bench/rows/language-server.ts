/**
 * 8 files of 5 tests, each of which opens a document, asks what is wrong in it, and hovers: one language server for the
 * run, from Carpool, against one for each file, by hand. Pyright and TypeScript 7. On both sides each test opens the same
 * name.
 */
import { compared, takeTurns } from '../measure.ts';
import type { Result, Row } from '../row.ts';
import { writeServerSuite, type ServerName } from '../suites/language-server.ts';
import { runSuite } from '../suites/run.ts';
import { layOutPackages } from '../suites/write.ts';

const setUp = 'vitest-forks';
const names: Readonly<Record<ServerName, string>> = { pyright: 'pyright', typescript: 'TypeScript 7' };

const row: Row = async (options) => {
  layOutPackages();
  const results: Result[] = [];
  for (const [server, name] of Object.entries(names) as [ServerName, string][]) {
    const size = { server, files: options.quick ? 4 : 8, tests: 5 };
    const folders = {
      baseline: writeServerSuite('server-each', size),
      shared: writeServerSuite('shared', size),
    };
    const costs = await takeTurns(
      { baseline: () => runSuite(setUp, folders.baseline), shared: () => runSuite(setUp, folders.shared) },
      { rounds: 5, warmUps: 1 },
      options,
    );
    const of = (quantity: 'wall' | 'cpu') =>
      [costs.shared.map((cost) => cost[quantity]), costs.baseline.map((cost) => cost[quantity])] as const;
    const naming = { section: 'file-server', label: `${name}, Vitest forks, 8 files of 5 tests`, unit: 'ms' } as const;
    const budget = budgets[server];
    results.push(
      compared({ ...naming, id: `${server}-wall`, quantity: 'wall', budget: budget.wall }, ...of('wall')),
      compared({ ...naming, id: `${server}-cpu`, quantity: 'CPU', budget: budget.cpu }, ...of('cpu')),
    );
  }
  return results;
};

const atMost = (limit: number) => ({ limit, side: 'at most' }) as const;
/** What pyright needs to start is what its files would pay; TypeScript's server is ready in a fifth of a second. */
const budgets = {
  pyright: { wall: atMost(0.67), cpu: atMost(0.5) },
  typescript: { wall: atMost(1.1), cpu: atMost(1.1) },
} as const;

export default row;
