/**
 * The longest that another worker waits for a free lock while 24 workers ask for a value of 45 MiB and do not read the
 * answer; and what the host's resident memory grows by.
 */
import { writeFile } from 'node:fs/promises';
import { startHost } from 'carpool/adapter/main-process';
import { bounded, takeTurns, timed } from '../measure.ts';
import { residentMebibytes } from '../processes.ts';
import { RawWorker } from '../raw-worker.ts';
import type { Row } from '../row.ts';

const size = 45 * 1024 * 1024;
const workers = 24;
const locks = 400;

interface Measure {
  readonly wait: number;
  readonly memory: number;
}

async function measure(): Promise<Measure> {
  await using host = await startHost({ root: `${import.meta.dirname}/../one-pool` });
  const pid = host.pid ?? 0;
  const worker = await RawWorker.join(host.address);
  const { store } = await worker.call({ method: 'once', lease: 1, key: 'large' });
  await writeFile(String(store), Buffer.alloc(size, 7));
  await worker.call({ method: 'settle', lease: 1, stored: true });
  const take = async (number: number): Promise<number> => {
    const lock = { method: 'acquire', lease: number, name: 'lock', kind: 'lock', size: 1, weight: 1 };
    const time = await timed(() => worker.call(lock));
    worker.release(number);
    return time;
  };
  for (let number = 2; number < locks; number++) await take(number);
  const silent = await Promise.all(Array.from({ length: workers }, () => RawWorker.join(host.address)));
  const before = residentMebibytes(pid);
  for (const one of silent) {
    one.socket.pause();
    one.ask({ method: 'once', lease: 1, key: 'large' });
  }
  let wait = 0;
  for (let number = locks; number < 2 * locks; number++) wait = Math.max(wait, await take(number));
  const memory = residentMebibytes(pid) - before;
  for (const one of [worker, ...silent]) one.close();
  return { wait, memory };
}

const row: Row = async (options) => {
  const { host } = await takeTurns({ host: measure }, { rounds: 7, warmUps: 1 }, options);
  const waits = host.map(({ wait }) => wait);
  const memory = host.map((one) => one.memory);
  const budget = (limit: number) => ({ limit, side: 'at most', of: 'value' }) as const;
  return [
    bounded(
      {
        id: 'unread-answers',
        section: 'coordination',
        label: 'a lock, longest wait, while 24 workers leave 45 MiB unread',
        quantity: 'wall',
        unit: 'ms',
        budget: budget(50),
      },
      waits,
    ),
    bounded(
      {
        id: 'unread-answers-memory',
        section: 'memory',
        label: 'the host, more with 24 × 45 MiB unread (RSS)',
        quantity: 'memory',
        unit: 'MiB',
        budget: budget(50),
      },
      memory,
    ),
  ];
};
export default row;
