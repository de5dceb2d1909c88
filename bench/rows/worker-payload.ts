/**
 * publish → reply of a shared worker with 1 and 16 MiB of binary each way, against AVA's. Between the threads of AVA it is
 * one copy each way; to another process it goes through a socket.
 */
import { compared, interleave } from '../measure.ts';
import type { Result, Row } from '../row.ts';
import { ava, carpool, versus } from '../contestants.ts';

const row: Row = async (options) => {
  await using baseline = await ava('first');
  await using subject = await carpool('first');
  const measured = async (mebibytes: number, trips: number): Promise<Result> => {
    const trip = versus({ ava: baseline, carpool: subject }, async (side) => {
      return (await side.file('first').micros('trips', trips, mebibytes * 1024 * 1024)) / 1_000;
    });
    const measures = await interleave(trip, { rounds: 9, warmUps: 2, most: 15 }, options);
    const label = `publish → reply, ${mebibytes} MiB each way`;
    const budget = { limit: 1.3, side: 'at most' } as const;
    const naming = { section: 'coordination', label, quantity: 'wall', unit: 'ms', budget } as const;
    return compared({ id: `worker-${mebibytes}mib`, ...naming }, measures.carpool, measures.baseline);
  };
  return [await measured(1, 20), await measured(16, 5)];
};
export default row;
