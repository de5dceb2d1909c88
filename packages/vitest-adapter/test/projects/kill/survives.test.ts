import { existsSync } from 'node:fs';
import { withPools } from '@carpool/vitest';
import { expect, vi } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

test('takes the slot of the killed worker', async ({ carpool }) => {
  await vi.waitUntil(() => existsSync('holding'), { timeout: 20_000 });
  const narrow = await carpool.narrow.register();
  const { sessions } = await narrow.request({ type: 'who' });
  expect(sessions).toEqual([narrow.id]);
});
