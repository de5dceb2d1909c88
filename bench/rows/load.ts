/**
 * How long it takes to load what a test file with a session loads of Carpool, with Node's compile cache, as in a run. Against
 * an earlier commit, whose figures are in past.ts; an empty Node process is the calibration.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { comparedWithPast, takeTurns, timed } from '../measure.ts';
import { past } from '../past.ts';
import type { Row } from '../row.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../workers/loads.ts', import.meta.url));

const row: Row = async (options) => {
  const loaded = async (kind: 'modules' | 'commonjs'): Promise<number> =>
    Number((await run(process.execPath, [program, kind])).stdout);
  const contestants = {
    modules: () => loaded('modules'),
    commonjs: () => loaded('commonjs'),
    empty: () => timed(() => run(process.execPath, ['-e', '0'])),
  };
  const { modules, commonjs, empty } = await takeTurns(contestants, { rounds: 41, warmUps: 3 }, options);
  const naming = { section: 'file-start', quantity: 'wall', unit: 'ms' } as const;
  const budget = { limit: 1.15, side: 'at most' } as const;
  return [
    comparedWithPast(
      { ...naming, id: 'load-modules', label: 'what a test file with a session loads', budget },
      past['load-modules'],
      { subject: modules, calibration: empty },
    ),
    comparedWithPast(
      { ...naming, id: 'load-commonjs', label: '  the same in Jest, in the realm of its tests', budget },
      past['load-commonjs'],
      { subject: commonjs, calibration: empty },
    ),
  ];
};
export default row;
