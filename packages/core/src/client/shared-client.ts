/**
 * One client for each worker process or thread and address, however many copies of this module the runner evaluates: an
 * isolated test file is a new module instance in the same worker. The client itself is loaded by the first that connects:
 * most test files do not.
 */
import type { Client, ClientOptions } from './types.ts';

const registry: unique symbol = Symbol.for('carpool.clients') as never;
/** Addresses of hosts that once answered. */
const answered: unique symbol = Symbol.for('carpool.answered') as never;

type Registry = Map<string, Promise<Client>>;

/** @throws CarpoolError as `Client.connect`; HUB_LOST if the host has ended since it answered. The next call tries again */
export function sharedClient(options: ClientOptions): Promise<Client> {
  const holder = globalThis as { [registry]?: Registry; [answered]?: Set<string> };
  const seen = (holder[answered] ??= new Set());
  const clients = (holder[registry] ??= new Map<string, Promise<Client>>());
  const { address } = options;
  const known = clients.get(address);
  if (known !== undefined) return known;
  const connecting = connectClient(seen.has(address) ? { ...options, known: true } : options);
  clients.set(address, connecting);
  const forget = (): void => {
    if (clients.get(address) === connecting) clients.delete(address);
  };
  connecting.then((client) => {
    seen.add(address);
    void client.closed.then(forget);
  }, forget);
  return connecting;
}

/**
 * A client for this caller alone; the host takes it for one more worker. Close it after use.
 * @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED; HUB_LOST instead of the first if `known`
 */
export async function connectClient(options: ClientOptions): Promise<Client> {
  const { HostClient } = await import('./client.ts');
  return await HostClient.connect(options);
}
