/** A hub in this process, on a socket of the test's own, and clients of it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { HostClient } from '../../src/client/client.ts';
import { Hub, type HubOptions } from '../../src/host/hub/hub.ts';
import { ChildPool } from '../../src/pool/pool.ts';
import { poolSettings, type PoolOptions } from '../../src/pool/options.ts';
import type { PoolEnvironment } from '../../src/pool/registration.ts';
import type { Messages } from '../../src/protocol/protocol.ts';
import { formatAddress } from '../../src/wire/address.ts';
import { closing, place } from './pools.ts';

export interface Served {
  readonly hub: Hub;
  readonly address: string;
  readonly path: string;
  readonly token: string;
  readonly pools: ReadonlyMap<string, ChildPool>;
  pool(name?: string): ChildPool;
  connect(): Promise<HostClient>;
  close(): Promise<void>;
}

let sockets = 0;

export async function serve(
  pools: Readonly<Record<string, PoolOptions<Messages>>>,
  options: Partial<Omit<HubOptions, 'token' | 'pools'>> & Pick<PoolEnvironment, 'warn'> = {},
): Promise<Served> {
  const made = new Map(
    Object.entries(pools).map(
      ([name, pool]) => [name, new ChildPool(poolSettings(name, pool), { ...options })] as const,
    ),
  );
  const token = randomBytes(32).toString('hex');
  const path = join(place().path, `hub-${++sockets}`);
  const hub = new Hub({ ...options, token, pools: Promise.resolve(made) });
  await hub.listen(path);
  const address = formatAddress({ path, token });
  const clients = new Set<HostClient>();
  return closing({
    hub,
    address,
    path,
    token,
    pools: made,
    pool: (name = 'echoes') => made.get(name)!,
    async connect() {
      const client = await HostClient.connect({ address, runner: 'a test' });
      clients.add(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      await hub.close();
      await Promise.all([...made.values()].map((pool) => pool.close()));
    },
  });
}
