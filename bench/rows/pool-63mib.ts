/**
 * A reply of 63 MiB, which arrives in the chunks that Node reads from a pipe, 64 KiB each; the same child for both. The
 * naive pool copies everything it has received for each chunk; the pool copies each byte once or twice.
 */
import { createPool } from 'carpool';
import { NaivePool } from '../baselines/naive-pool.ts';
import { compared, interleave, timed } from '../measure.ts';
import type { Row } from '../row.ts';
import { childFile } from '../relay-paths.ts';

const mebibytes = 63;
const request = { type: 'blob', size: mebibytes * 1024 * 1024 };

const row: Row = async (options) => {
  await using pool = createPool({ command: process.execPath, args: [childFile('blob')], codec: 'msgpack' });
  const session = await pool.register();
  const naive = new NaivePool(childFile('blob'));
  const contestants = {
    baseline: async () => mebibytes / ((await timed(() => naive.request('s1', request))) / 1_000),
    carpool: async () => mebibytes / ((await timed(() => session.request(request))) / 1_000),
  };
  // A round of the naive pool takes half a minute on some machines, and the ratio is far from its budget.
  const measures = await interleave(contestants, { rounds: 5, most: 5, warmUps: 0 }, options);
  naive.close();
  const budget = { limit: 100, side: 'at least' } as const;
  const label = 'in process, a frame of 63 MiB; same pool';
  const naming = { id: 'pool-63mib', section: 'message', label, quantity: 'rate', unit: 'MiB/s', budget } as const;
  return [compared(naming, measures.carpool, measures.baseline)];
};
export default row;
