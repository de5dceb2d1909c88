import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('adds a column up', async ({ sheet, expect }) => {
  sheet.send({ type: 'set', cell: 'A1', value: 2 });
  sheet.send({ type: 'set', cell: 'A2', value: 3 });
  expect(await sheet.request({ type: 'sum', column: 'A' })).toMatchObject({ value: 5 });
});

test('begins with an empty sheet, whatever other tests wrote', async ({ sheet, expect }) => {
  expect(await sheet.request({ type: 'sum', column: 'A' })).toMatchObject({ value: 0 });
});
