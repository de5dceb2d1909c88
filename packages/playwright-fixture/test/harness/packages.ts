/**
 * Global setup of this suite: a folder with packages in its node_modules as a user has them, copied instead of linked,
 * so that Playwright leaves them to Node and sees their files as those of a package.
 */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const adapter = join(import.meta.dirname, '../..');

/** Projects are laid out in there. */
export const home: string = join(adapter, '.tmp/home');
/** What Playwright keeps of files that it has compiled. */
export const cache: string = join(adapter, '.tmp/cache');
export const playwright: string = realpathSync(join(adapter, 'node_modules/@playwright/test'));

export default function setup(): void {
  const core = realpathSync(join(adapter, 'node_modules/carpool'));
  for (const built of [adapter, core]) {
    if (!existsSync(join(built, 'dist'))) throw new Error(`Nothing is built in ${built}: run \`pnpm build\` first`);
  }
  rmSync(join(adapter, '.tmp'), { recursive: true, force: true });
  const modules = join(home, 'node_modules');
  for (const scope of ['@types', '@playwright', '@carpool']) mkdirSync(join(modules, scope), { recursive: true });
  symlinkSync(playwright, join(modules, '@playwright/test'), 'dir');
  symlinkSync(typesOfNode(), join(modules, '@types/node'), 'dir');
  copyPackage(adapter, join(modules, '@carpool/playwright'));
  copyPackage(core, join(modules, 'carpool'));
  symlinkSync(join(core, 'node_modules'), join(modules, 'carpool/node_modules'), 'dir');
}

export function copyPackage(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  cpSync(join(from, 'package.json'), join(to, 'package.json'));
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
}

function typesOfNode(): string {
  let folder = adapter;
  while (!existsSync(join(folder, 'node_modules/@types/node'))) folder = dirname(folder);
  return realpathSync(join(folder, 'node_modules/@types/node'));
}
