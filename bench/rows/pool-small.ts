/**
 * A pool in this process: requests of 100 bytes, one at a time and 64 at a time, in both codecs, as a user makes them, with
 * all that a pool does for one (deadline, call site, correlation, evidence); the same child for both. What is measured is
 * this process: the child only sends back what it is sent. Node gathers what is written while a write is under way, so
 * that a write a message is not a system call a message for the naive pool either.
 */
import { createPool } from 'carpool';
import { NaivePool, type NaiveCodec } from '../baselines/naive-pool.ts';
import { compared, interleave } from '../measure.ts';
import { childFile } from '../relay-paths.ts';
import type { Result, Row, RowOptions } from '../row.ts';
import { throughput } from './relay-pipelined.ts';

const row: Row = async (options) => [
  ...(await measured('msgpack', options)),
  ...(await measured('json-lines', options)),
];
export default row;

async function measured(codec: NaiveCodec, options: RowOptions): Promise<Result[]> {
  await using pool = createPool({ command: process.execPath, args: [childFile('echo')], codec });
  const session = await pool.register();
  const naive = new NaivePool(childFile('echo'), codec);
  const naiveSession = { request: (message: object) => naive.request('s1', message) };
  const results: Result[] = [];
  for (const [inFlight, requests] of [
    [1, 10_000],
    [64, 40_000],
  ] as const) {
    const count = options.quick ? requests / 10 : requests;
    const contestants = {
      baseline: () => throughput(naiveSession, count, inFlight),
      carpool: () => throughput(session, count, inFlight),
    };
    const measures = await interleave(contestants, { rounds: 7, warmUps: 2, most: 11 }, options);
    const label = `in process, ${codec}, ${inFlight} in flight; a simple pool`;
    const budget = { limit: 1, side: 'at least' } as const;
    const naming = { section: 'message', label, quantity: 'rate', unit: 'requests/s', budget } as const;
    results.push(compared({ id: `pool-small-${codec}-${inFlight}`, ...naming }, measures.carpool, measures.baseline));
  }
  naive.close();
  return results;
}
