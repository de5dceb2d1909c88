/** The files that docs/architecture.md names are there. Its layers are held against the imports by layers.test.ts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../../src');
const page = readFileSync(join(import.meta.dirname, '../../../../docs/architecture.md'), 'utf8');

test('every file that the page names exists', () => {
  const named = [...page.matchAll(/`([a-z-]+\/[a-z-/]+\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(20);
  const root = join(source, '../../..');
  expect(named.filter((path) => !existsSync(join(source, path)) && !existsSync(join(root, path)))).toEqual([]);
});

test('the first page is one page', () => {
  expect(page.split('\n').indexOf('## Lifecycles')).toBeLessThan(60);
});
