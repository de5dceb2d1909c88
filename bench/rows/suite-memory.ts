/**
 * The peak memory of a whole run (runner, workers, host and child) whose tests share one child, against the same run with
 * neither child nor Carpool. processes.ts says what is added up.
 */
import { bounded, minus, takeTurns, type Contestant } from '../measure.ts';
import type { Row } from '../row.ts';
import { peakMemory } from '../suites/run.ts';
import { layOutPackages, writeSuite } from '../suites/write.ts';

const row: Row = async (options) => {
  layOutPackages();
  const size = { files: options.quick ? 8 : 24 };
  const peakOf = (contestant: 'none' | 'shared'): Contestant => {
    const folder = writeSuite('vitest-forks', contestant, size);
    return () => peakMemory('vitest-forks', folder);
  };
  const contestants = { none: peakOf('none'), shared: peakOf('shared') };
  const measures = await takeTurns(contestants, { rounds: 7, warmUps: 1 }, options);
  const label = 'a run of Vitest forks, shared child; what it adds';
  const budget = { limit: 70, side: 'at most', of: 'value' } as const;
  const naming = { id: 'suite-memory', section: 'memory', label, quantity: 'memory', unit: 'MiB', budget } as const;
  return [bounded(naming, minus(measures.shared, measures.none), measures.none)];
};
export default row;
