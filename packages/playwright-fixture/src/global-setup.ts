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
import { RunHost, type HostOptions } from 'carpool/host';
import { provide, version } from './provided.ts';

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
    const host = new RunHost({ root, ...options, runner: 'playwright', version });
    await host.runStarted();
    provide(host.provided);
    return async () => {
      provide();
      await host.runEnded();
      const lines = await host.stop();
      // On stderr, so that `--reporter=json` stays readable for machines.
      if (summary) for (const line of lines) process.stderr.write(`${line}\n`);
    };
  };
}

const setup: GlobalSetup = carpoolSetup();

export default setup;
