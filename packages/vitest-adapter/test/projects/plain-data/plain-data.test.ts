import { withPools } from '@carpool/vitest';
import type { PoolOptions } from 'carpool';
import { expect } from 'vitest';

const test = withPools<{ pools: { echo: PoolOptions } }>();

test('a pool may be written in the options of the plugin', async ({ echo }) => {
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
});
