/**
 * Global setup of this suite: a folder with the three runners and the packages in its node_modules as a user has them.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installed, layOut } from '@carpool/test-harness';

const here = import.meta.dirname;
const linked = (name: string): [string, string] => [name, installed(here, name)];

/** Projects are laid out in there. */
export const home: string = join(here, '.tmp');
export const modules: string = join(home, 'node_modules');

export default function setup(): void {
  const core = installed(here, 'carpool');
  const cooperate = installed(here, '@ava/cooperate');
  rmSync(home, { recursive: true, force: true });
  layOut(modules, {
    // `ava` is Carpool, as after `npm install -D ava@npm:carpool`.
    copied: Object.fromEntries(
      ['carpool', 'ava', '@carpool/vitest', '@carpool/jest', '@carpool/playwright'].map(linked),
    ),
    linked: {
      ...Object.fromEntries(['vitest', 'jest', '@playwright/test'].map(linked)),
      msgpackr: installed(core, 'msgpackr'),
      'carpool/node_modules': join(core, 'node_modules'),
      'ava/node_modules': join(core, 'node_modules'),
    },
  });
  // As published; they find `ava` beside them.
  const plugins = { '@ava/cooperate': cooperate, '@ava/get-port': installed(here, '@ava/get-port') };
  for (const [name, from] of Object.entries({ ...plugins, never: join(cooperate, '../../never') })) {
    cpSync(from, join(modules, name), { recursive: true, dereference: true });
  }
}
