/** A hub in this process, on a socket of the test's own or by TLS, and clients of it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { HostClient } from '../../src/client/client.ts';
import { Hub } from '../../src/host/hub/hub.ts';
import type { HubOptions } from '../../src/host/hub/hub-options.ts';
import { ChildPool } from '../../src/pool/pool.ts';
import { poolSettings, type PoolOptions } from '../../src/pool/options.ts';
import type { PoolEnvironment } from '../../src/pool/registration.ts';
import type { Messages } from '../../src/protocol/protocol.ts';
import { RemoteListener, type RemoteListenerOptions } from '../../src/machine/remote/listener.ts';
import { formatAddress, isRemote, parseAddress, type RemotePlace } from '../../src/wire/address.ts';
import { closing, place, program } from './pools.ts';

export interface Served {
  readonly hub: Hub;
  readonly address: string;
  /** By TLS it is the address. */
  readonly path: string;
  readonly token: string;
  readonly pools: ReadonlyMap<string, ChildPool>;
  pool(name?: string): ChildPool;
  connect(): Promise<HostClient>;
  close(): Promise<void>;
}

let sockets = 0;
/** How the hubs of a test file are reached. */
export const transport: { tls: boolean } = { tls: false };

/** Another way to a hub: by TLS, on this machine. */
export async function listening(
  hub: Hub,
  options: Partial<RemoteListenerOptions> = {},
): Promise<RemoteListener & { readonly address: string }> {
  const project = { root: place().path };
  const where = { host: '127.0.0.1', port: 0, project, env: {}, cwd: place().path };
  const listener = new RemoteListener({ listening: where, hub, print: () => {}, ...options });
  closing(listener);
  await listener.listen();
  const [address = ''] = listener.invite({ name: 'a test' }).addresses;
  return Object.assign(listener, { address });
}

/** The place of an address for other machines. */
export function placeOf(address: string): RemotePlace & { readonly token: string } {
  const parsed = parseAddress(address);
  if (!isRemote(parsed)) throw new Error('on this machine');
  return parsed;
}

/** A hub with a pool of echoes. */
export const echoes = (): Promise<Served> => serve({ echoes: program('echo') });

export async function serve(
  pools: Readonly<Record<string, PoolOptions<Messages>>>,
  options: Partial<Omit<HubOptions, 'token' | 'pools'>> & Pick<PoolEnvironment, 'warn'> = {},
): Promise<Served> {
  const made = new Map(
    Object.entries(pools).map(
      ([name, pool]) => [name, new ChildPool(poolSettings(name, pool), { ...options })] as const,
    ),
  );
  const own = randomBytes(32).toString('hex');
  const socket = join(place().path, `hub-${++sockets}`);
  const hub = new Hub({ ...options, token: own, pools: Promise.resolve(made) });
  await hub.listen(socket);
  const listener = transport.tls ? await listening(hub) : undefined;
  const address = listener?.address ?? formatAddress({ path: socket, token: own });
  const { token } = parseAddress(address);
  const path = listener === undefined ? socket : address;
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
      listener?.close();
      await hub.close();
      await Promise.all([...made.values()].map((pool) => pool.close()));
    },
  });
}
