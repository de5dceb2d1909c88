/**
 * Taking and releasing a lock, against @ava/cooperate on AVA: alone; while a second file does the same with the same
 * lock, so that each waits for the other every time; and for each of 1,000 calls at once.
 */
import { compared, interleave } from '../measure.ts';
import type { Budget, Row } from '../row.ts';
import { ava, carpool, versus } from '../contestants.ts';

const row: Row = async (options) => {
  await using baseline = await ava('first', 'second');
  await using subject = await carpool('first', 'second');
  const sides = { ava: baseline, carpool: subject };
  const count = options.quick ? 200 : 1_000;
  const alone = versus(sides, (side) => side.file('first').micros('locks', count));
  const contended = versus(sides, async (side) => {
    const files = [side.file('first'), side.file('second')];
    const times = await Promise.all(files.map((file) => file.micros('locks', count)));
    return times.reduce((sum, time) => sum + time) / times.length;
  });
  const crowded = versus(sides, (side) => side.file('first').micros('crowdedLocks', 1, 1_000));

  const one = await interleave(alone, { rounds: 9, warmUps: 8 }, options);
  const two = await interleave(contended, { rounds: 9, warmUps: 1, most: 15 }, options);
  const many = await interleave(crowded, { rounds: 7, warmUps: 1, most: 11 }, options);
  const naming = { section: 'coordination', quantity: 'wall', unit: 'µs' } as const;
  const budget = (limit: number): Budget => ({ limit, side: 'at most' });
  return [
    compared({ ...naming, id: 'lock', label: 'lock and unlock', budget: budget(0.5) }, one.carpool, one.baseline),
    compared(
      { ...naming, id: 'lock-two-files', label: '  handed between two files', budget: budget(1) },
      two.carpool,
      two.baseline,
    ),
    compared({ ...naming, id: 'lock-1000-waiting', label: '  1,000 calls waiting, each' }, many.carpool, many.baseline),
  ];
};
export default row;
