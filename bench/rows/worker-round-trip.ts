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
  const naming = { section: 'coordination', quantity: 'wall', unit: 'µs' } as const;
  const budget = { limit: 1, side: 'at most' } as const;
  return [
    compared({ ...naming, id: 'worker-round-trip', label: 'publish → reply', budget }, none.carpool, none.baseline),
    compared(
      { ...naming, id: 'worker-request', label: '  by request(), against the same' },
      none.request,
      none.baseline,
    ),
    compared({ ...naming, id: 'worker-idle-100', label: '  with 100 idle subscriptions' }, some.carpool, some.baseline),
    compared({ ...naming, id: 'worker-idle-1000', label: '  with 1,000' }, many.carpool, many.baseline),
  ];
};
export default row;
