import { withPools } from '@carpool/vitest';
import { afterEach, expect, vi } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config);

afterEach(() => void vi.useRealTimers());

test('sessions go on while the clock of the test stands still', async ({ echo, carpool }) => {
  vi.useFakeTimers();
  expect(await echo.request({ type: 'set', value: 1 })).toMatchObject({ value: 1 });
  const second = await carpool.echo.register({ timeout: 5_000 });
  expect(await second.request({ type: 'get' }, { timeout: 5_000 })).not.toHaveProperty('value');
  await second.unregister();
});
