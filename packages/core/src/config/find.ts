import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

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
