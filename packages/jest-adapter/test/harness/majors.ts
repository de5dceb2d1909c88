/**
 * Global setup of this suite: one folder for each major version of Jest, with packages in its node_modules as a user has
 * them, copied instead of linked, so that Jest leaves them to Node as it does in real life.
 */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const majors = [30, 29] as const;
export type Major = (typeof majors)[number];

const adapter = join(import.meta.dirname, '../..');

export function folderOf(major: Major): string {
  return join(adapter, '.tmp', `jest-${major}`);
}

export function jestOf(major: Major): string {
  return installed('jest', major);
}

export default function setup(): void {
  const core = realpathSync(join(adapter, 'node_modules/carpool'));
  for (const built of [adapter, core]) {
    if (!existsSync(join(built, 'dist'))) throw new Error(`Nothing is built in ${built}: run \`pnpm build\` first`);
  }
  rmSync(join(adapter, '.tmp'), { recursive: true, force: true });
  for (const major of majors) {
    const modules = join(folderOf(major), 'node_modules');
    mkdirSync(join(modules, '@types'), { recursive: true });
    symlinkSync(jestOf(major), join(modules, 'jest'), 'dir');
    symlinkSync(installed('jest-environment-jsdom', major), join(modules, 'jest-environment-jsdom'), 'dir');
    symlinkSync(environmentOf(major), join(modules, 'jest-environment-node'), 'dir');
    symlinkSync(above('node_modules/@types/node'), join(modules, '@types/node'), 'dir');
    symlinkSync(join(adapter, 'node_modules/@jest'), join(modules, '@jest'), 'dir');
    copyPackage(adapter, join(modules, '@carpool/jest'));
    copyPackage(core, join(modules, 'carpool'));
    symlinkSync(realpathSync(join(core, 'node_modules/msgpackr')), join(modules, 'msgpackr'), 'dir');
    symlinkSync(join(core, 'node_modules'), join(modules, 'carpool/node_modules'), 'dir');
  }
}

export function copyPackage(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  cpSync(join(from, 'package.json'), join(to, 'package.json'));
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
}

function installed(name: string, major: Major): string {
  return realpathSync(join(adapter, 'node_modules', major === 30 ? name : `${name}-${major}`));
}

/** What this Jest brings itself. */
function environmentOf(major: Major): string {
  let from = join(jestOf(major), 'package.json');
  for (const name of ['@jest/core', 'jest-config', 'jest-environment-node']) from = createRequire(from).resolve(name);
  return dirname(dirname(from));
}

function above(path: string): string {
  let folder = adapter;
  while (!existsSync(join(folder, path))) folder = dirname(folder);
  return realpathSync(join(folder, path));
}
