/**
 * Starts the host when a run begins and stops it when the run has ended:
 *
 *   globalSetup: '@carpool/playwright/global-setup'                     beside others: globalSetup: ['./mine.ts', …]
 *
 * It never throws: tests that want no pool run all the same, those that want one say what went wrong. Where Playwright
 * skips the teardown (its UI is closed, the run is killed) the host ends by itself.
 */
import { dirname } from 'node:path';
import type { FullConfig } from '@playwright/test';
import { CarpoolError, isCarpoolError, joinHost, toRecord, type Host, type HostOptions } from 'carpool/host';
import { provide, version } from './provided.ts';
import { lineOf } from './summary.ts';

export interface CarpoolOptions extends Pick<HostOptions, 'pools'> {
  /** Path of the config file, from the folder of the Playwright config. Default: `carpool.config.*`, there or above. */
  readonly configFile?: string;
  /** Print one line for each pool after a run. Default true. */
  readonly summary?: boolean;
}

export type GlobalSetup = (config: FullConfig) => Promise<() => Promise<void>>;

/** A global setup with options, for a file of your own: `export default carpoolSetup({ … })`. */
export function carpoolSetup({ summary = true, ...options }: CarpoolOptions = {}): GlobalSetup {
  return async ({ configFile }) => {
    const root = configFile === undefined ? process.cwd() : dirname(configFile);
    const host = await startOrJoin({ root, ...options });
    return async () => {
      provide();
      const pools = (await host?.stop())?.pools ?? [];
      // Whoever started a host that was joined sums up for all its runners.
      if (!summary || host?.pid === undefined) return;
      // On stderr, so that `--reporter=json` stays readable for machines.
      for (const pool of pools) if (pool.children > 0) process.stderr.write(`${lineOf(pool)}\n`);
    };
  };
}

const setup: GlobalSetup = carpoolSetup();

export default setup;

async function startOrJoin(options: HostOptions): Promise<Host | undefined> {
  try {
    const host = await joinHost(options, 'playwright');
    const { pools, problem } = await host.configured;
    provide({ version, address: host.address, pools, ...(problem === undefined ? {} : { problem }) });
    return host;
  } catch (thrown) {
    const error = isCarpoolError(thrown)
      ? thrown
      : new CarpoolError('HUB_UNREACHABLE', `Cannot start the host: ${String(thrown)}`, { cause: thrown });
    provide({ version, pools: [], problem: toRecord(error) });
    return undefined;
  }
}
