/** What a test process loads with an entry of the built package: a file costs more than its length. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf } from './layers/imports.ts';

const built = join(import.meta.dirname, '../dist');

/** Files that are loaded with `file`, itself included; what is imported later does not count. */
function filesLoadedWith(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { specifier, later } of importsOf(file, readFileSync(file, 'utf8'))) {
    if (specifier.startsWith('.') && !later) filesLoadedWith(join(dirname(file), specifier), seen);
  }
  return seen;
}

test.each([
  ['index', 2],
  ['coordination', 6],
  ['shared-worker', 7],
  ['adapter-current-test', 2],
  ['adapter-test-process', 4],
  ['adapter-realm', 3],
  ['join', 2],
])('%s is at most %i files', (entry, most) => {
  const files = filesLoadedWith(join(built, `${entry}.js`));
  expect(files.size).toBeGreaterThan(1);
  expect([...files].length).toBeLessThanOrEqual(most);
});
