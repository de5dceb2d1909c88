import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { ownShop: 'file' } });

test('has a whole server for its file', async ({ ownShop, expect }) => {
  expect((await fetch(`${ownShop.opened.url}/health`)).status).toBe(200);
});
