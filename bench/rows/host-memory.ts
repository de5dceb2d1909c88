/** Resident memory of a host that has one pool and 100 sessions open, each of which has had one reply. */
import { connectClient } from 'carpool/adapter/test-process';
import { startHost } from 'carpool/adapter/main-process';
import { bounded, takeTurns } from '../measure.ts';
import { residentMebibytes } from '../processes.ts';
import type { Row } from '../row.ts';

const row: Row = async (options) => {
  const measure = async (): Promise<number> => {
    await using host = await startHost({ root: `${import.meta.dirname}/../one-pool` });
    const client = await connectClient({ address: host.address, runner: 'bench' });
    const sessions = await Promise.all(Array.from({ length: 100 }, () => client.register('suite')));
    for (const session of sessions) await session.request({ type: 'x', value: 1 });
    const memory = residentMebibytes(host.pid ?? 0);
    client.close();
    return memory;
  };
  const { host } = await takeTurns({ host: measure }, { rounds: 7, warmUps: 1 }, options);
  const label = 'the host, one pool, 100 sessions (RSS)';
  const budget = { limit: 60, side: 'at most', of: 'value' } as const;
  return [bounded({ id: 'host-memory', section: 'memory', label, quantity: 'memory', unit: 'MiB', budget }, host)];
};
export default row;
