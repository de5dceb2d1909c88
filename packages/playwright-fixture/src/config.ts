/** `@carpool/playwright/config`: the set-up with options, as a part of the Playwright config. */
import { fileURLToPath } from 'node:url';
import type { FullConfig, PlaywrightTestConfig } from '@playwright/test';
import type { CarpoolOptions } from 'carpool/adapter/main-process';

import { failWhereUnsettled } from './unsettled.ts';

export type { CarpoolOptions } from 'carpool/adapter/main-process';

failWhereUnsettled();

/** What `carpool` returns. */
export interface CarpoolConfig extends Pick<PlaywrightTestConfig, 'use'> {
  /** Beside a global setup of yours: `globalSetup: [...part.globalSetup, './mine.ts']`. */
  readonly globalSetup: string[];
}

/**
 * Shares processes between the tests of a Playwright run.
 *
 * @example
 * export default defineConfig(carpool({ summary: false }), { testDir: 'tests' });
 *
 * @param options an option that there is not fails the run before its first test, CONFIG_INVALID
 * @returns a part of the Playwright config, for `defineConfig`, which merges `use`
 */
export function carpool(options: CarpoolOptions = {}): CarpoolConfig {
  // Playwright takes global setup by path, and hands it the config: `use` is what every project of it has.
  const use = { carpoolOptions: options } as CarpoolConfig['use'];
  return { globalSetup: [fileURLToPath(new URL('./global-setup.js', import.meta.url))], ...(use && { use }) };
}

/** The options of `carpool`, where the config has them. */
export function optionsIn({ projects }: FullConfig): CarpoolOptions {
  const [found] = projects.map(({ use }) => (use as { carpoolOptions?: CarpoolOptions }).carpoolOptions);
  return found ?? {};
}
