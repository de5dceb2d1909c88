import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('adds up a column', async ({ sheet, expect }) => {
  sheet.send({ type: 'set', cell: 'A1', value: 2 });
  expect(await sheet.request({ type: 'sum', column: 'A' })).toMatchObject({ value: 2 });
});
