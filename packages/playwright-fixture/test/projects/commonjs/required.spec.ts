import { withPools, expect } from '@carpool/playwright';
import config from './carpool.config';

const test = withPools(config);

test('a CommonJS project works too', async ({ echo }) => {
  expect(typeof require).toBe('function');
  await expect(echo).toReply({ type: 'set', value: 1 }, { value: 1 });
});
