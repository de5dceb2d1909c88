/**
 * `@carpool/vitest/config`. `plugins: [carpool()]` adds Carpool's global setup and its set-up file to the Vitest config, and carries the options.
 *
 * The paths are absolute, so that the user needs no second line of config and pnpm's strict folders do no harm. Only the
 * `config` hook is used: `configureVitest` is not called for every kind of project (see docs/vitest.md).
 */
import { fileURLToPath } from 'node:url';
import { checkCarpoolOptions } from 'carpool';
import type { CarpoolOptions } from 'carpool/adapter/main-process';
import type { Plugin } from 'vitest/config';

export type { CarpoolOptions } from 'carpool/adapter/main-process';

const fileNamed = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const globalSetupFile = fileNamed('./global-setup.js');
const setupFile = fileNamed('./setup.js');

/**
 * Shares processes between the tests of a Vitest run.
 *
 * @example
 * export default defineConfig({ plugins: [carpool({ summary: false })] });
 *
 * @returns a Vite plugin, for `plugins` of the Vitest config
 * @throws CarpoolError CONFIG_INVALID if there is no such option
 */
export function carpool(options: CarpoolOptions = {}): Plugin {
  checkCarpoolOptions(options);
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
