/** README.md shows all that its projects consist of: they can be followed in an empty folder. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, 'readme');
const left = /^(?:node_modules|test-results|\..+)$/;

test('no file of its projects is missing on the page', () => {
  const shown = codeFiles('README.md');
  // "With `vitest.config.mts` as above."
  shown.set('vitest.config.mts', shown.get('database/vitest.config.mts') ?? '');
  const files = globSync('**/*.*', { cwd: folder, exclude: (name) => left.test(name) });
  expect(files.length).toBeGreaterThan(5);
  const differing = files.filter((file) => shown.get(file) !== readFileSync(join(folder, file), 'utf8'));
  expect(differing).toEqual([]);
});
