/**
 * One worker with 1 to 1,000 sessions of one child open at once: opening them, a round trip of one while the others are
 * idle, requests of all of them at once, and the memory of the host.
 */
import { connectClient } from 'carpool/adapter/test-process';
import { startHost } from 'carpool/adapter/main-process';
import { bounded, median, takeTurns, timed } from '../measure.ts';
import { residentMebibytes } from '../processes.ts';
import type { Naming, Result, Row } from '../row.ts';
import { small } from './relay-round-trip.ts';

interface Figures {
  readonly open: number;
  readonly trip: number;
  readonly all: number;
  readonly memory: number;
}

const row: Row = async (options) => {
  const results: Result[] = [];
  const trips = options.quick ? 100 : 1_000;
  for (const count of options.quick ? [1, 100] : [1, 10, 100, 1_000]) {
    const measure = async (): Promise<Figures> => {
      await using host = await startHost({ root: `${import.meta.dirname}/../one-pool` });
      const client = await connectClient({ address: host.address, runner: 'bench' });
      // The first one starts the child.
      await (await client.register('suite')).unregister();
      const start = performance.now();
      const first = client.register('suite');
      const others = Array.from({ length: count - 1 }, () => client.register('suite'));
      const [session, ...idle] = [await first, ...(await Promise.all(others))];
      const open = performance.now() - start;
      const times: number[] = [];
      for (let trip = 0; trip < trips; trip++) times.push(await timed(() => session.request(small)));
      const bursts: number[] = [];
      for (let burst = 0; burst < 10; burst++) {
        bursts.push(await timed(() => Promise.all([session, ...idle].map((each) => each.request(small)))));
      }
      const memory = residentMebibytes(host.pid ?? 0);
      client.close();
      return {
        open: (open * 1_000) / count,
        trip: median(times) * 1_000,
        all: (median(bursts) * 1_000) / count,
        memory,
      };
    };
    const { host: measured } = await takeTurns({ host: measure }, { rounds: 5, warmUps: 1 }, options);
    const result = (part: keyof Figures, label: string, unit: Pick<Naming, 'quantity' | 'unit'>): Result =>
      bounded(
        {
          ...unit,
          id: `growth-sessions-${count}-${part}`,
          section: 'growth',
          label: `${count.toLocaleString('en')} sessions, ${label}`,
        },
        measured.map((figures) => figures[part]),
      );
    const wall = { quantity: 'wall', unit: 'µs' } as const;
    results.push(
      result('open', 'opening all at once; each', wall),
      result('trip', 'request → reply of one', wall),
      result('all', 'a request of all at once; each', wall),
      result('memory', 'the host (RSS)', { quantity: 'memory', unit: 'MiB' }),
    );
  }
  return results;
};
export default row;
