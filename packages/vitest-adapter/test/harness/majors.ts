/**
 * Global setup of this suite: one folder for each major version of Vitest, with packages in its node_modules as a user
 * has them, copied instead of linked, so that Vitest leaves them to Node as it does in real life.
 */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const majors = [5, 4, 3] as const;
export type Major = (typeof majors)[number];

const adapter = join(import.meta.dirname, '../..');

export function folderOf(major: Major): string {
  return join(adapter, '.tmp', `vitest-${major}`);
}

export function vitestOf(major: Major): string {
  return realpathSync(join(adapter, 'node_modules', major === 5 ? 'vitest' : `vitest-${major}`));
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
    symlinkSync(vitestOf(major), join(modules, 'vitest'), 'dir');
    symlinkSync(typesOfNode(), join(modules, '@types/node'), 'dir');
    copyPackage(adapter, join(modules, '@carpool/vitest'));
    copyPackage(core, join(modules, 'carpool'));
    symlinkSync(join(core, 'node_modules'), join(modules, 'carpool/node_modules'), 'dir');
  }
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
