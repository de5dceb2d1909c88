/**
 * Global setup of this suite: a folder with the three runners and the packages in its node_modules as a user has them,
 * copied instead of linked, so that the runners take them for packages and leave them to Node.
 */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const here = join(import.meta.dirname, '..');
const installed = (name: string): string => realpathSync(join(here, 'node_modules', name));

/** Projects are laid out in there. */
export const home = join(here, '.tmp');
export const modules = join(home, 'node_modules');
export const core = installed('carpool');

export default function setup(): void {
  rmSync(home, { recursive: true, force: true });
  for (const runner of ['vitest', 'jest', '@playwright/test']) {
    mkdirSync(dirname(join(modules, runner)), { recursive: true });
    symlinkSync(installed(runner), join(modules, runner), 'dir');
  }
  // `ava` is Carpool, as where `npm install -D ava@npm:carpool` was called.
  for (const name of ['carpool', 'ava', '@carpool/vitest', '@carpool/jest', '@carpool/playwright']) {
    const [from, to] = [installed(name), join(modules, name)];
    if (!existsSync(join(from, 'dist'))) throw new Error(`Nothing is built in ${from}: run \`pnpm build\` first`);
    for (const part of ['package.json', 'dist']) cpSync(join(from, part), join(to, part), { recursive: true });
  }
  for (const name of ['carpool', 'ava'])
    symlinkSync(join(core, 'node_modules'), join(modules, name, 'node_modules'), 'dir');
  for (const name of ['@ava/cooperate', '@ava/get-port'])
    cpSync(installed(name), join(modules, name), { recursive: true });
  cpSync(join(installed('@ava/cooperate'), '../../never'), join(modules, 'never'), {
    recursive: true,
    dereference: true,
  });
}
