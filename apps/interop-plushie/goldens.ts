/** What the SDK's golden helpers have written: hashes of trees and screenshots. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By path in the project. */
export type Goldens = ReadonlyMap<string, string>;

export function goldensOf(project: string): Goldens {
  const paths = globSync('test/{golden,screenshots}/*', { cwd: project }).toSorted();
  return new Map(paths.map((path) => [path, readFileSync(join(project, path), 'utf8')]));
}

/** Which differ, or are there only once. The SDK's helper for screenshots writes what it does not find, without a word. */
export function differences(before: Goldens, after: Goldens): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}
