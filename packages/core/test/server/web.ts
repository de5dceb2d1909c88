/** Pools of test/programs/web.mjs for tests. */
import { server, type ServerMessages, type ServerAddress, type ServerOptions } from '../../src/entry/index.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import { ChildPool } from '../../src/pool/pool.ts';
import { poolSettings } from '../../src/pool/options.ts';
import type { PoolEnvironment } from '../../src/pool/registration.ts';
import { closing, place, programPath } from '../support/pools.ts';

type WebOptions<Opened, Params, Started> = Partial<ServerOptions<Opened, Params, Started>>;

/** Its options. @param flags of the program; without any it listens on `{port}` */
export function web<Started = undefined, Params = unknown, Opened = ServerAddress>(
  flags: string,
  options: WebOptions<Opened, Params, Started> = {},
): PoolOptions<ServerMessages<Opened, Params>> {
  return server<Started, Params, Opened>({
    command: process.execPath,
    args: [programPath('web'), ...(flags === '' ? '--port {port}' : flags).split(' ')],
    stopTimeout: 500,
    closeTimeout: 2_000,
    ...options,
    env: { TMPDIR: place().path, ...options.env },
  });
}

/** A pool of it in this process. */
export function webPool<Opened, Params>(
  options: PoolOptions<ServerMessages<Opened, Params>>,
  environment?: PoolEnvironment,
): ChildPool<ServerMessages<Opened, Params>> {
  return closing(new ChildPool<ServerMessages<Opened, Params>>(poolSettings('web', options), environment));
}
