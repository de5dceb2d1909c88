/**
 * publish → reply of a shared worker, one at a time, with no, 100 and 1,000 idle subscriptions, against AVA's. Both run
 * the same test file and the same shared worker; AVA's test file is a thread, Carpool's a process. `worker-request` is the
 * shorter way that Carpool has, held against the same baseline.
 */
import { compared, interleave } from '../measure.ts';
import type { Row } from '../row.ts';
import { ava, carpool, versus } from '../contestants.ts';

const row: Row = async (options) => {
  await using baseline = await ava('first');
  await using subject = await carpool('first');
  const sides = { ava: baseline, carpool: subject };
  const trips = options.quick ? 200 : 1_500;
  const alone = {
    ...versus(sides, (side) => side.file('first').micros('trips', trips)),
    request: () => subject.file('first').micros('requests', trips),
  };
  const crowded = (idle: number): ReturnType<typeof versus> =>
    versus(sides, (side) => side.file('first').micros('crowdedTrips', 150, idle));

  const none = await interleave(alone, { rounds: 9, warmUps: 8 }, options);
  const some = await interleave(crowded(100), { rounds: 9, warmUps: 1, most: 15 }, options);
  const many = await interleave(crowded(1_000), { rounds: 5, warmUps: 1, most: 5 }, options);
  const budget = { limit: 1, side: 'at most' } as const;
  return [
    compared({ id: 'worker-round-trip', unit: 'µs', budget }, none.carpool, none.baseline),
    compared({ id: 'worker-request', unit: 'µs' }, none.request, none.baseline),
    compared({ id: 'worker-idle-100', unit: 'µs' }, some.carpool, some.baseline),
    compared({ id: 'worker-idle-1000', unit: 'µs' }, many.carpool, many.baseline),
  ];
};
export default row;
