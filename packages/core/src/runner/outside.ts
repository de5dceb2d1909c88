/**
 * What stands around code that no adapter runs, where `CARPOOL_ADDRESS` names a host: `carpool run -- node …`, node:test,
 * a script. The process is the worker, its main file the file, and there are no tests.
 */
import type { Client } from '../client/client.ts';
import { addressVariable } from '../wire/address.ts';
import type { Ambient } from './ambient.ts';
import { FileOwner } from './file-owner.ts';
import { Owner } from './owner.ts';

const key: unique symbol = Symbol.for('carpool.outside') as never;

interface Outside {
  readonly address: string;
  readonly ambient: Ambient;
}

/** The same for all copies of this module in a process. Undefined where the environment names no host. */
export function outside(): Ambient | undefined {
  const home = globalThis as { [key]?: Outside };
  const address = process.env[addressVariable];
  if (address === undefined || address === '') return undefined;
  if (home[key]?.address === address) return home[key].ambient;
  const connect = async (): Promise<Client> => {
    // What opens sockets is loaded by those who need it.
    const { sharedClient } = await import('../client/shared.ts');
    return await sharedClient({ address, runner: 'none' });
  };
  const name = process.argv[1] ?? `process ${process.pid}`;
  const file = new FileOwner({ path: [name], holder: { file: name }, connect });
  const worker = new Owner({ path: [], holder: { file: name }, connect });
  const ambient: Ambient = { file, test: () => undefined, worker: () => worker };
  home[key] = { address, ambient };
  return ambient;
}
