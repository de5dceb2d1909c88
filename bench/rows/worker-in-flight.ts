/**
 * publish → reply of a shared worker, many at once and again when all are answered, for each of them, against AVA's. With
 * AVA each reply passes everything that waits for one, so that its time grows with the square of their number.
 */
import { compared, interleave, type Rounds } from '../measure.ts';
import type { Result, Row } from '../row.ts';
import { ava, carpool, versus } from '../contestants.ts';

const row: Row = async (options) => {
  await using baseline = await ava('first');
  await using subject = await carpool('first');
  const sides = { ava: baseline, carpool: subject };
  const measured = async (inFlight: number, bursts: number, rounds: Rounds, limit?: number): Promise<Result> => {
    const burst = versus(sides, (side) => side.file('first').micros('flights', bursts, inFlight));
    const measures = await interleave(burst, rounds, options);
    const budget = limit === undefined ? {} : { budget: { limit, side: 'at most' } as const };
    const label = `publish → reply, ${inFlight.toLocaleString('en')} in flight, each`;
    const naming = { section: 'coordination', label, quantity: 'wall', unit: 'µs', ...budget } as const;
    return compared({ id: `worker-in-flight-${inFlight}`, ...naming }, measures.carpool, measures.baseline);
  };
  return [
    await measured(100, 20, { rounds: 9, warmUps: 3, most: 15 }),
    await measured(1_000, 2, { rounds: 7, warmUps: 1, most: 11 }, 0.1),
    // A burst takes AVA some twenty seconds.
    await measured(4_000, 1, { rounds: 2, warmUps: 0, most: 2 }),
  ];
};
export default row;
