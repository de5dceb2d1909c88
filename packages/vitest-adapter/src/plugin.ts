/**
 * `plugins: [carpool()]`: adds Carpool's global setup and its set-up file to the Vitest config, and carries the options.
 *
 * The paths are absolute, so that the user needs no second line of config and pnpm's strict folders do no harm. Only the
 * `config` hook is used: `configureVitest` is not called for every kind of project (see docs/vitest.md).
 */
import { fileURLToPath } from 'node:url';
import type { PoolOptions } from 'carpool';
import type { Plugin } from 'vitest/config';

const fileNamed = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const globalSetupFile = fileNamed('./global-setup.js');
const setupFile = fileNamed('./setup.js');

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
    // Before Vitest takes note of what projects inherit that share the server of this config.
    enforce: 'pre',
    config: {
      order: 'pre',
      handler: (config) => ({ test: additions((config as { test?: TestConfig }).test ?? {}) }),
    },
  };
}

/** A project with `extends: true` runs the hook on a config that has them already; Vite would add them again. */
function additions({ globalSetup, setupFiles, server }: TestConfig): TestConfig {
  const inline = server?.deps?.inline;
  const evaluated = new RegExp(`^(?:/@fs/?)?${setupFile.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}$`);
  const known = inline === true || inline?.some((pattern) => String(pattern) === String(evaluated));
  return {
    ...([globalSetup].flat().includes(globalSetupFile) ? {} : { globalSetup: [globalSetupFile] }),
    ...([setupFiles].flat().includes(setupFile) ? {} : { setupFiles: [setupFile] }),
    // Where files share modules, Vitest runs a set-up file for each of them only if it evaluates it itself.
    ...(known === true ? {} : { server: { deps: { inline: [evaluated] } } }),
  };
}

interface TestConfig {
  readonly globalSetup?: string | string[];
  readonly setupFiles?: string | string[];
  readonly server?: { readonly deps?: { readonly inline?: (string | RegExp)[] | true } };
}

export default carpool;
