/**
 * How much the host grows between cycle 10,000 and cycle 100,000 of a worker that registers and unregisters,
 * each session under a test of its own and each hundred tests under a file, which end as an adapter ends them. Several
 * tests at a time. A reading depends on when the host last collected its garbage: each is the median of many.
 */
import { setTimeout } from 'node:timers/promises';
import { connectClient } from 'carpool/adapter/test-process';
import { startHost } from 'carpool/adapter/main-process';
import { bounded, median, progress } from '../measure.ts';
import { residentMebibytes } from '../processes.ts';
import type { Row } from '../row.ts';

const concurrent = 8;
const testsInFile = 100;
const readings = 15;

const row: Row = async ({ quick }) => {
  await using host = await startHost({ root: `${import.meta.dirname}/..` });
  const client = await connectClient({ address: host.address, runner: 'bench' });
  const [from, to] = quick ? [1_000, 10_000] : [10_000, 100_000];
  let cycles = 0;
  let files = 0;

  const test = async (owner: readonly string[]): Promise<void> => {
    const session = await client.register('echo', { under: owner });
    await session.unregister();
    await client.release(owner);
    cycles++;
  };
  const lane = async (upTo: number): Promise<void> => {
    while (cycles < upTo) {
      const file = `file-${++files}.test.ts`;
      for (let number = 1; number <= testsInFile && cycles < upTo; number++) await test([file, `test ${number}`]);
      await client.release([file]);
    }
  };
  const runTo = async (upTo: number): Promise<void> => {
    progress(`cycle ${cycles} of ${to}`);
    await Promise.all(Array.from({ length: concurrent }, () => lane(upTo)));
  };
  /** Read while the cycles go on, so that it includes some garbage and is not that of an idle host. */
  const resident = async (at: number): Promise<number> => {
    const all: number[] = [];
    const step = at / 10 / readings;
    for (let reading = 1; reading <= readings; reading++) {
      await runTo(at - at / 10 + reading * step);
      await setTimeout(1);
      all.push(residentMebibytes(host.pid ?? 0));
    }
    return median(all);
  };

  const before = await resident(from);
  const after = await resident(to);
  client.close();
  const budget = { limit: 10, side: 'at most', of: 'value' } as const;
  const label = 'the host, from cycle 10,000 to 100,000 of sessions';
  const naming = { id: 'memory', section: 'memory', label, quantity: 'memory', unit: 'MiB', budget } as const;
  return [bounded(naming, [after - before], [before])];
};
export default row;
