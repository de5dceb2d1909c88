/**
 * Starts the host when a run begins and stops it when the run has ended:
 *
 *   globalSetup: '@carpool/playwright/global-setup'                     beside others: globalSetup: ['./mine.ts', …]
 *
 * Options come from `carpool(options)` in the Playwright config, see config.ts. It throws only where there is no such option:
 * else tests that want no pool run all the same, those that want one say what went wrong. Where Playwright skips the teardown (its UI is closed, the
 * run is killed) the host ends by itself.
 */
import { dirname } from 'node:path';
import type { FullConfig } from '@playwright/test';
import { checkCarpoolOptions } from 'carpool';
import { failRun, RunHost } from 'carpool/adapter/main-process';
import { optionsIn } from './config.ts';
import { provide, version } from './provided.ts';
import { failWhereUnsettled } from './unsettled.ts';

failWhereUnsettled();

/** Playwright's global setup. @returns its teardown @throws CarpoolError CONFIG_INVALID if there is no such option */
export default async function setup(config: FullConfig): Promise<() => Promise<void>> {
  const { configFile } = config;
  const root = configFile === undefined ? process.cwd() : dirname(configFile);
  const options = optionsIn(config);
  // Not in the config: each worker evaluates that, and would load what checks it.
  checkCarpoolOptions(options);
  const host = new RunHost({ root, ...options, runner: 'playwright', version });
  await host.runStarted();
  provide(host.provided);
  return async () => {
    provide();
    await host.runEnded();
    // On stderr, so that `--reporter=json` stays readable for machines.
    for (const line of await host.stop(config.quiet)) process.stderr.write(`${line}\n`);
    // A shared worker that has crashed fails the run, whether or not a test has noticed.
    const [crash, ...others] = host.takeCrashes();
    failRun(others);
    if (crash !== undefined) throw crash;
  };
}
