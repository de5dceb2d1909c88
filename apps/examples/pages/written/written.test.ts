import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('adds up a column', async ({ sheet, expect }) => {
  sheet.send({ type: 'set', cell: 'A1', value: 2 });
  expect(await sheet.request({ type: 'sum', column: 'A' })).toMatchObject({ value: 2 });
  await expect(sheet.request({ type: 'divide', column: 'A' })).rejects.toThrow('a sheet can sum and walk, no more');
});

test.for([1, 2])('weighs a tree', async (_, { model, expect }) => {
  model.send({ word: 'tree' });
  expect(await model.request({ type: 'weigh' })).toMatchObject({ value: 3 });
});
