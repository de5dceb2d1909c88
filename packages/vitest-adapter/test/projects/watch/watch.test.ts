import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import type config from './carpool.config.ts';

// By type alone: nothing imports the config, but its edit must still be noticed.
const test = withPools<typeof config>();

test('reports its child', async ({ echo }) => {
  const { pid } = await echo.request({ type: 'who' });
  expect(pid).toBeTypeOf('number');
  console.log(`child ${pid}.`);
});
