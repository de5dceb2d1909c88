/**
 * The code of docs/coordination.md is that of the files beside this one, which are compiled with the tests; its config that of
 * apps/examples/pages/coordination, where declarations need no types.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks } from '@carpool/test-harness/code-blocks';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, 'coordination');
const blocks = codeBlocks('docs/coordination.md').filter(
  ({ language, title }) => language === 'ts' && title !== 'carpool.config.ts',
);

/** What users write. */
const published = (source: string): string =>
  source.replaceAll(/'\.\.\/\.\.\/\.\.\/src\/entry\/(\w+)\.ts'/g, (_, entry: string) =>
    entry === 'index' ? "'carpool'" : `'carpool/${entry}'`,
  );

test('every file is shown, and every block is a file', () => {
  expect(blocks.map(({ title = '' }) => title).toSorted()).toEqual(readdirSync(folder).toSorted());
});

test.for(blocks)('$title is as it is shown', ({ title = '', code }) => {
  expect(code).toBe(published(readFileSync(join(folder, title), 'utf8')));
});
