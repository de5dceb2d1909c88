import { lock, rwlock } from '../../../src/entry/coordination.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const settings = lock('settings.json');

test('writes the settings', async () => {
  using _ = await settings.acquire();
  await writeFile('settings.json', '{}');
  expect(await readFile('settings.json', 'utf8')).toBe('{}');
});

const catalogue = rwlock('catalogue');

test('reads the catalogue, together with other readers', async () => {
  using reading = await catalogue.acquireRead();
  expect(reading.held).toBe(true);
});

test('changes the catalogue, alone', async () => {
  using writing = await catalogue.acquireWrite();
  expect(writing.held).toBe(true);
});
