/** Global setup of the tests with real runners: the three of them and the packages in a node_modules, as users have them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { installed, layOut } from '@carpool/test-harness';

const plushie = join(import.meta.dirname, '../..');
const named = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, installed(plushie, name)]));

/** Projects are laid out in there. */
export const home: string = join(plushie, '.tmp/golden');
export const modules: string = join(home, 'node_modules');

export default function setup(): void {
  rmSync(home, { recursive: true, force: true });
  layOut(modules, {
    copied: {
      ...named('carpool', '@carpool/vitest', '@carpool/jest', '@carpool/playwright'),
      '@carpool/plushie': plushie,
    },
    linked: {
      ...named('vitest', 'jest', '@playwright/test', 'pngjs', 'pixelmatch'),
      'carpool/node_modules': join(installed(plushie, 'carpool'), 'node_modules'),
    },
  });
}
