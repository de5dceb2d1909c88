/**
 * publish → reply of a shared worker with 1 and 16 MiB of binary each way, against AVA's. Between the threads of AVA it is
 * one copy each way; to another process it goes through a socket.
 */
import { compared, interleave } from '../measure.ts';
import type { Measured, Row } from '../row.ts';
import { ava, carpool, versus } from '../contestants.ts';

const row: Row = async (options) => {
  await using baseline = await ava('first');
  await using subject = await carpool('first');
  const measured = async (mebibytes: number, trips: number): Promise<Measured> => {
    const trip = versus({ ava: baseline, carpool: subject }, async (side) => {
      return (await side.file('first').micros('trips', trips, mebibytes * 1024 * 1024)) / 1_000;
    });
    const measures = await interleave(trip, { rounds: 9, warmUps: 2, most: 15 }, options);
    return compared({ id: `worker-${mebibytes}mib`, unit: 'ms' }, measures.carpool, measures.baseline);
  };
  return [await measured(1, 20), await measured(16, 5)];
};
export default row;
