/**
 * What Carpool adds to an isolated test file: a fresh process (Vitest's forks, so it is forked, with a connection to its
 * parent) or thread (its threads) that imports the client, connects and is greeted, less the time of one that does not;
 * each from its start to its exit. The budget bounds the difference in milliseconds, so that there is no ratio; `baseline`
 * is the time without Carpool.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { addressVariable, startHost } from 'carpool/adapter/main-process';
import { added, interleave, timed, type Contestant } from '../measure.ts';
import type { Row } from '../row.ts';

const row: Row = async (options) => {
  await using host = await startHost({ root: `${import.meta.dirname}/..` });
  await host.configured;
  const env = { ...process.env, [addressVariable]: host.address };
  const file = (name: string): string => fileURLToPath(new URL(`../workers/${name}.mjs`, import.meta.url));
  const ended = async (started: ChildProcess | Worker): Promise<void> => {
    const [code] = (await once(started, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`a worker exited with code ${code}`);
  };
  const inProcess =
    (name: string): Contestant =>
    () =>
      timed(() => ended(fork(file(name), { env })));
  const inThread =
    (name: string): Contestant =>
    () =>
      timed(() => ended(new Worker(file(name), { env })));

  const rounds = { rounds: 21, warmUps: 3 };
  const processes = await interleave(
    { baseline: inProcess('without'), carpool: inProcess('with-carpool') },
    rounds,
    options,
  );
  const threads = await interleave(
    { baseline: inThread('without'), carpool: inThread('with-carpool') },
    rounds,
    options,
  );
  const budget = { limit: 10, side: 'at most', of: 'value' } as const;
  return [
    added({ id: 'file-cost', unit: 'ms', budget }, processes.carpool, processes.baseline),
    added({ id: 'file-cost-thread', unit: 'ms', budget }, threads.carpool, threads.baseline),
  ];
};
export default row;
