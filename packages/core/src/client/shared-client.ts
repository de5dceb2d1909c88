/**
 * One client for each worker process or thread and address, however many copies of this module the runner evaluates: an
 * isolated test file is a new module instance in the same worker. The client itself is loaded by the first that connects:
 * most test files do not.
 */
import type { CarpoolError } from '../base/errors.ts';
import type { Client, ClientOptions } from './types.ts';

const registry: unique symbol = Symbol.for('carpool.clients') as never;
/** Addresses of hosts that did not answer: each further test must fail at once. */
const silent: unique symbol = Symbol.for('carpool.silent') as never;
const silentTimeout = 1_000;
/** Addresses of hosts that once answered. */
const answered: unique symbol = Symbol.for('carpool.answered') as never;

interface Shared {
  readonly connecting: Promise<Client>;
  /** Once it is connected, until its connection ends. */
  client?: Client;
}

type Registry = Map<string, Shared>;

/**
 * The client itself where it is connected, so that most calls need not wait a turn for it.
 * @throws CarpoolError as `Client.connect`; HUB_LOST if the host has ended since it answered. The next call tries again
 */
export function sharedClient(options: ClientOptions): Client | Promise<Client> {
  const holder = globalThis as { [registry]?: Registry; [answered]?: Set<string>; [silent]?: Set<string> };
  const clients = (holder[registry] ??= new Map<string, Shared>());
  const { address } = options;
  const known = clients.get(address);
  if (known !== undefined) return known.client ?? known.connecting;
  const seen = (holder[answered] ??= new Set());
  const quiet = (holder[silent] ??= new Set());
  const timeout = quiet.has(address) ? silentTimeout : options.timeout;
  const connecting = connectClient({ ...options, timeout, known: options.known === true || seen.has(address) });
  const shared: Shared = { connecting };
  clients.set(address, shared);
  const forget = (reason: unknown): void => {
    const { context } = (reason ?? {}) as Partial<CarpoolError>;
    if (context?.['hostSilence'] !== undefined) quiet.add(address);
    if (clients.get(address) === shared) clients.delete(address);
  };
  connecting.then((client) => {
    seen.add(address);
    shared.client = client;
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
