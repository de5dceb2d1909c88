import { withPools } from '@carpool/jest';
import { expect } from '@jest/globals';
import type config from './carpool.config.ts';

const test = withPools<typeof config>();

test('the names may come from the host', async ({ echo }) => {
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
});
