import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import type config from './carpool.config.ts';

// By type alone: nothing imports the config, and its edit must be noticed all the same.
const test = withPools<typeof config>();

test('says who its child is', async ({ echo }) => {
  const { pid } = await echo.request({ type: 'who' });
  expect(pid).toBeTypeOf('number');
  console.log(`child ${pid}.`);
});
