import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Project } from '../wire/control.ts';

export const configNames: readonly string[] = ['ts', 'mts', 'js', 'mjs'].map(
  (extension) => `carpool.config.${extension}`,
);

/** The nearest config in `root` or above it. */
export function findConfig(root: string): string | undefined {
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    const found = configNames.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The config of a project, if it has one: the one that it names may not be there. */
export function configFileOf({ root, configFile }: Pick<Project, 'root' | 'configFile'>): string | undefined {
  return configFile === undefined ? findConfig(root) : resolve(root, configFile);
}
