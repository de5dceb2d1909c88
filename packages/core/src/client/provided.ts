/** What a runner's main process hands to its workers, and what a worker makes of it: a client, or one sentence. */
import { CarpoolError, fromRecord, type ErrorRecord } from '../base/errors.ts';
import type { Client } from './types.ts';
import { sharedClient } from './shared-client.ts';

/** Plain data, so that any channel of any runner can carry it. */
export interface Provided {
  /** Of the adapter that started the host. */
  readonly version: string;
  /** Where the host is, and the token; absent if there is none. */
  readonly address?: string;
  readonly pools: readonly string[];
  /** Names of shared workers. */
  readonly sharedWorkers?: readonly string[];
  /** Why the pools cannot be used. */
  readonly problem?: ErrorRecord | undefined;
}

export interface RunnerInfo {
  /** "vitest", "jest", "playwright". */
  readonly runner: string;
  /** The package of the adapter, and its version in this worker. */
  readonly adapter: string;
  readonly version: string;
  /** What loads the adapter in the main process: "the Vitest config". Default "the runner's main process". */
  readonly loader?: string;
  /** What to do where nothing was provided: "add `plugins: [carpool()]` … to the Vitest config". */
  readonly remedy: string;
}

/**
 * The client of this worker.
 * @param pool if a certain one is wanted; false: none is, and there may be none
 * @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED, HUB_LOST, CONFIG_INVALID, each in one sentence that says what to change
 */
export async function connectProvided(
  provided: Provided | undefined,
  options: RunnerInfo,
  pool?: string | false,
): Promise<Client> {
  const { runner, adapter, version, remedy, loader = "the runner's main process" } = options;
  if (provided === undefined) {
    throw new CarpoolError('HUB_UNREACHABLE', `Cannot reach Carpool's host: this run started none; ${remedy}`);
  }
  if (provided.version !== version) {
    const message = `Cannot use the pools: ${loader} loads ${adapter} ${provided.version}, the tests load ${version}; install one version for both`;
    throw new CarpoolError('HUB_REJECTED', message, { context: { expected: version, found: provided.version } });
  }
  const { address, problem, pools } = provided;
  // What is wrong with the pools is nothing to those who want none.
  if (problem !== undefined && (pool !== false || address === undefined)) throw fromRecord(problem);
  if (address === undefined)
    throw new CarpoolError('HUB_UNREACHABLE', "Cannot reach Carpool's host: it has no address");
  if (typeof pool === 'string' && !pools.includes(pool)) throw unknownPool(pool, pools);
  // Whoever provided the address had a host there.
  return await sharedClient({ address, runner, known: true });
}

export function unknownPool(pool: string, pools: readonly string[]): CarpoolError {
  const known = pools.length === 0 ? 'no pool at all' : `only ${pools.map((name) => JSON.stringify(name)).join(', ')}`;
  const message = `Unknown pool ${JSON.stringify(pool)}: the Carpool config of this run has ${known}; add it there, or correct the name`;
  return new CarpoolError('CONFIG_INVALID', message, { scope: 'call', context: { pool, pools } });
}
