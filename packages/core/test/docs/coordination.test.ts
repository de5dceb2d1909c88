/** The code of docs/coordination.md is that of the files beside this one, which are compiled with the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, 'coordination');
const page = readFileSync(join(import.meta.dirname, '../../../../docs/coordination.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts title="([^"]+)"\n([^]*?)^```$/gm)].map(([, title = '', code = '']) => ({
  title,
  code,
}));

/** What users write. */
const published = (source: string): string =>
  source.replaceAll(/'\.\.\/\.\.\/\.\.\/src\/entry\/(\w+)\.ts'/g, (_, entry: string) =>
    entry === 'index' ? "'carpool'" : `'carpool/${entry}'`,
  );

test('every file is shown, and every block is a file', () => {
  expect(blocks.map(({ title }) => title).toSorted()).toEqual(readdirSync(folder).toSorted());
  expect(page.match(/^```ts/gm)).toHaveLength(blocks.length);
});

test.for(blocks)('$title is as it is shown', ({ title, code }) => {
  expect(code).toBe(published(readFileSync(join(folder, title), 'utf8')));
});
