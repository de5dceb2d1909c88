/** docs/architecture.md names files and folders; they are there, and none is left out. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

test('every layer has its line', () => {
  const [, layers = ''] = page.split('| folder of `packages/core/src`');
  const [table = ''] = layers.split('\n\n');
  const rows = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const named = rows.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(new Set(named)).toEqual(new Set(folders.map(({ name }) => name)));
});

test('the first page is one page', () => {
  expect(page.split('\n').indexOf('## Lives')).toBeLessThan(60);
});
