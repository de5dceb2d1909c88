import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { page, pageWithTable } from './contract/table.ts';

test('the guide shows the lines of the contract: else `pnpm --filter @carpool/plushie document` writes them', () => {
  expect(readFileSync(page, 'utf8')).toBe(pageWithTable());
});
