/** `startHost` until it resolves, against the shortest possible Node process, from its start to its exit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startHost } from 'carpool/adapter/main-process';
import { compared, interleave, timed } from '../measure.ts';
import type { Row } from '../row.ts';

const row: Row = async (options) => {
  const start = async (): Promise<number> => {
    const begin = performance.now();
    const host = await startHost({ root: `${import.meta.dirname}/../one-pool` });
    const time = performance.now() - begin;
    // Its remaining work and its end must not overlap the next measurement.
    await host.configured;
    await host.stop();
    return time;
  };
  const node = (): Promise<number> =>
    timed(() => once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit'));
  const measures = await interleave({ baseline: node, start }, { rounds: 21, warmUps: 2 }, options);
  const budget = { limit: 1.2, side: 'at most' } as const;
  const label = 'the host is ready; against `node -e 0`';
  const naming = { id: 'host-start', section: 'file-start', label, quantity: 'wall', unit: 'ms', budget } as const;
  return [compared(naming, measures.start, measures.baseline)];
};
export default row;
