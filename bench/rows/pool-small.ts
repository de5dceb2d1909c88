/**
 * A pool in this process: requests of 100 bytes with 500 of them in flight, as a user makes them, with all that a pool
 * does for one (deadline, call site, correlation, evidence); the same child for both. What is measured is this process:
 * the child only sends back what it is sent. Node gathers what is written while a write is under way, so that a write a
 * message is not a system call a message for the naive pool either.
 */
import { createPool } from 'carpool';
import { NaivePool } from '../baselines/naive-pool.ts';
import { compared, interleave } from '../measure.ts';
import type { Row } from '../row.ts';
import { childFile } from '../relay-paths.ts';
import { throughput } from './relay-pipelined.ts';

const row: Row = async (options) => {
  await using pool = createPool({ command: process.execPath, args: [childFile('echo')], codec: 'msgpack' });
  const session = await pool.register();
  const naive = new NaivePool(childFile('echo'));
  const requests = options.quick ? 10_000 : 100_000;
  const contestants = {
    baseline: () => throughput({ request: (message) => naive.request('s1', message) }, requests),
    carpool: () => throughput(session, requests),
  };
  const measures = await interleave(contestants, { rounds: 9, warmUps: 2 }, options);
  naive.close();
  const budget = { limit: 3, side: 'at least' } as const;
  return [compared({ id: 'pool-small', unit: 'requests/s', budget }, measures.carpool, measures.baseline)];
};
export default row;
