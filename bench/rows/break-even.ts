/**
 * How long a process must take to start for sharing it to win wall time: 12 files on 2 workers whose tests share one
 * child, against a child for each file.
 *
 * Both suites run with children that burn 0, 25, 50 and 100 ms more than Node itself needs to start. What sharing saves
 * grows with that on a straight line, which least squares finds in each round; where it crosses zero is the break-even of
 * the round. It may lie below zero: then sharing wins even with a child that only starts Node. The start of a process is
 * what its user can measure, so Node's own start counts: the time from spawning the child to its first message, while
 * nothing else runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bounded, median, takeTurns, timed } from '../measure.ts';
import type { Row } from '../row.ts';
import { runSuite } from '../suites/run.ts';
import { layOutPackages, writeSuite } from '../suites/write.ts';

const startCosts = [0, 25, 50, 100] as const;

const row: Row = async (options) => {
  layOutPackages();
  /** By how many milliseconds the suite with a child for each file takes longer. */
  const saved = (startCost: number): (() => Promise<number>) => {
    const size = { files: 12, startCost };
    const [child, shared] = [writeSuite('vitest-forks', 'child', size), writeSuite('vitest-forks', 'shared', size)];
    let isOdd = false;
    return async () => {
      isOdd = !isOdd;
      const wall: Record<string, number> = {};
      for (const folder of isOdd ? [child, shared] : [shared, child]) {
        wall[folder] = (await runSuite('vitest-forks', folder)).wall;
      }
      return (wall[child] ?? Number.NaN) - (wall[shared] ?? Number.NaN);
    };
  };
  const savings = Object.fromEntries(startCosts.map((startCost) => [startCost, saved(startCost)]));
  const contestants: Readonly<Record<string, () => Promise<number>>> = { ...savings, start: ownStart };
  const measures = await takeTurns(contestants, { rounds: 5, warmUps: 1 }, options);
  const of = (name: string | number): readonly number[] => measures[name] ?? [];
  const crossings = of('start').map((_, round) =>
    zeroOf(
      startCosts,
      startCosts.map((cost) => of(cost)[round] ?? Number.NaN),
    ),
  );
  const starts = of('start').map((start, round) => start + (crossings[round] ?? Number.NaN));
  const naming = { section: 'file-start', quantity: 'wall', unit: 'ms' } as const;
  const budget = { limit: 25, side: 'at most', of: 'value' } as const;
  return [
    bounded({ ...naming, id: 'break-even', label: 'sharing pays from a start of', budget }, starts),
    bounded({ ...naming, id: 'break-even-beyond-node', label: "  of that beyond Node's own start" }, crossings),
    ...startCosts.map((cost) => {
      const label = `  what sharing saves a file, start of Node + ${cost} ms`;
      return bounded(
        { ...naming, id: `break-even-${cost}`, label },
        of(cost).map((time) => time / 12),
      );
    }),
  ];
};
export default row;

/** From spawning the child of the suites to its first message; the median of some. */
async function ownStart(): Promise<number> {
  const program = join(import.meta.dirname, '../suites/support/child.mjs');
  const times: number[] = [];
  for (let start = 0; start < 5; start++) {
    let child: ReturnType<typeof spawn> | undefined;
    times.push(
      await timed(async () => {
        child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
        if (child.stdout !== null) await once(child.stdout, 'data');
      }),
    );
    child?.stdin?.end();
    if (child !== undefined) await once(child, 'exit');
  }
  return median(times);
}

/** Where the line of least squares through the points is zero. */
function zeroOf(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const slope =
    mean(xs.map((value, at) => (value - x) * ((ys[at] ?? Number.NaN) - y))) / mean(xs.map((value) => (value - x) ** 2));
  return x - y / slope;
}
