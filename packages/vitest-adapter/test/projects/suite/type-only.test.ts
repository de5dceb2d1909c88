import { withPools } from '@carpool/vitest';
import { expect } from 'vitest';
import type config from './carpool.config.ts';

const test = withPools<typeof config>();

test('the names may come from the host', async ({ echo, carpool }) => {
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
  const second = await carpool.echo.register();
  expect(second.id).not.toBe(echo.id);
});
