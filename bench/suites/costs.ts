/** Contestants that run a suite, and results for both of its costs. */
import { takeTurns, type Measures } from '../measure.ts';
import type { Naming, Result, RowOptions } from '../row.ts';
import { runSuite, type Cost } from './run.ts';
import { writeSuite, type Contestant, type SetUp, type Size } from './write.ts';

/** How a set-up is called in the table. */
export const titles: Readonly<Record<SetUp, string>> = {
  'vitest-forks': 'Vitest forks',
  'vitest-threads': 'Vitest threads',
  jest: 'Jest',
  playwright: 'Playwright',
};

export interface Suite {
  readonly contestant: Contestant;
  readonly size: Size;
}

/** Five rounds, after one that fills the runner's caches. */
export function runInTurns<Name extends string>(
  setUp: SetUp,
  suites: Readonly<Record<Name, Suite>>,
  options: RowOptions,
  rounds = 5,
): Promise<Measures<Name, Cost>> {
  const contestants = Object.fromEntries(
    Object.entries<Suite>(suites).map(([name, { contestant, size }]) => {
      const folder = writeSuite(setUp, contestant, size);
      return [name, () => runSuite(setUp, folder)];
    }),
  ) as Record<Name, () => Promise<Cost>>;
  return takeTurns(contestants, { rounds, warmUps: 1 }, options);
}

type NamingOfBoth = Omit<Naming, 'quantity' | 'unit'>;

/** Two results of one row: wall time and processor time. */
export function both<Name extends string>(
  measures: Measures<Name, Cost>,
  resultOf: (seriesOf: (name: Name) => readonly number[], naming: (naming: NamingOfBoth) => Naming) => Result,
): Result[] {
  return (['wall', 'cpu'] as const).map((cost) =>
    resultOf(
      (name) => measures[name].map((measure) => measure[cost]),
      ({ id, ...naming }) => ({
        ...naming,
        id: `${id}-${cost}`,
        quantity: cost === 'wall' ? 'wall' : 'CPU',
        unit: 'ms',
      }),
    ),
  );
}
