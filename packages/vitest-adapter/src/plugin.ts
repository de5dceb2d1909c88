/**
 * `plugins: [carpool()]`: adds Carpool's global setup to the Vitest config, and carries the options to it.
 *
 * The path is absolute, so that the user needs no second line of config and pnpm's strict folders do no harm. Only the
 * `config` hook is used: `configureVitest` is not called for every kind of project (see docs/vitest.md).
 */
import { fileURLToPath } from 'node:url';
import type { PoolOptions } from 'carpool';
import type { Plugin } from 'vitest/config';

export interface CarpoolOptions {
  /** Path of the config file, from the root of the project. Default: `carpool.config.*`, looked for upwards from there. */
  readonly configFile?: string;
  /** Pools that are plain data, beside or instead of those of the config file. */
  readonly pools?: Readonly<Record<string, PoolOptions>>;
  /** Print one line for each pool after a run. Default true. */
  readonly summary?: boolean;
}

/** Shares processes between the tests of a Vitest run. */
export function carpool(options: CarpoolOptions = {}): Plugin {
  return {
    // By this name global setup finds the plugin, and with it the options, in the resolved project.
    name: 'carpool',
    api: { options },
    config(config) {
      const globalSetup = fileURLToPath(new URL('./global-setup.js', import.meta.url));
      // A project with `extends: true` runs this hook on a config that has the path already; Vite would add it again.
      const present = [(config as { test?: { globalSetup?: string | string[] } }).test?.globalSetup ?? []].flat();
      return present.includes(globalSetup) ? undefined : { test: { globalSetup: [globalSetup] } };
    },
  };
}

export default carpool;
