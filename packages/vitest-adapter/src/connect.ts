/** From a test worker to the host, or one sentence that says what to change. */
import type { ErrorCode } from 'carpool';
import { CarpoolError, sharedClient, type Client } from 'carpool/client';
import { inject } from 'vitest';
import { version, type Provided } from './provided.ts';

/** What the main process provided. Undefined without the plugin, and under `vitest list`, which runs no global setup. */
export function provided(): Provided | undefined {
  return inject('carpool') as Provided | undefined;
}

/** The client of this worker; the host is spoken to for the first time when a test wants a session. */
export async function connect(pool?: string): Promise<Client> {
  const { address, pools } = checked(provided());
  if (pool !== undefined && !pools.includes(pool)) {
    const known =
      pools.length === 0 ? 'no pool at all' : `only ${pools.map((name) => JSON.stringify(name)).join(', ')}`;
    const words = `Unknown pool ${JSON.stringify(pool)}: the Carpool config of this run has ${known}; add it there, or correct the name`;
    throw new CarpoolError('CONFIG_INVALID', words, { blame: 'setup', context: { pool, pools } });
  }
  return sharedClient({ address, runner: 'vitest' });
}

/**
 * At the end of a file, where the worker goes on with a context of its own for the next file (vmThreads, vmForks): the
 * socket of this context would keep the whole context alive.
 */
export async function disconnect(): Promise<void> {
  // `process` is the worker's in every context, `Object` is this context's.
  if (process instanceof Object) return;
  const address = provided()?.address;
  if (address === undefined) return;
  const client = await sharedClient({ address, runner: 'vitest' });
  client.close();
}

function checked(from: Provided | undefined): Provided & { address: string } {
  if (from === undefined) {
    const words =
      "Cannot reach Carpool's host: this Vitest run started none; add `plugins: [carpool()]` from '@carpool/vitest/plugin' to the Vitest config";
    throw new CarpoolError('HUB_UNREACHABLE', words);
  }
  if (from.version !== version) {
    const words = `Cannot use the pools: the Vitest config loads @carpool/vitest ${from.version}, the tests load ${version}; install one version for both`;
    throw new CarpoolError('HUB_REJECTED', words, { context: { expected: version, found: from.version } });
  }
  const { address, problem } = from;
  if (problem !== undefined) throw new CarpoolError(problem.code as ErrorCode, problem.message);
  if (address === undefined)
    throw new CarpoolError('HUB_UNREACHABLE', "Cannot reach Carpool's host: it has no address");
  return { ...from, address };
}
