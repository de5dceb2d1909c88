import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('begins with an empty sheet, whatever other tests wrote', async ({ sheet, expect }) => {
  expect(await sheet.request({ type: 'sum', column: 'A' })).toMatchObject({ value: 0 });
});
