import { withPools } from '@carpool/playwright';
import { expect } from '@playwright/test';
import type config from './carpool.config.ts';

const test = withPools<typeof config>();

test('the names may come from the host', async ({ echo, carpool }) => {
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
  expect((await carpool.echo.register()).id).not.toBe(echo.id);
});
