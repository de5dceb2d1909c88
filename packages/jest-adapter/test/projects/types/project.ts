// A config that is registered once is known everywhere.
import { register, withPools } from '@carpool/jest';
import type config from './carpool.config.ts';

declare module 'carpool' {
  interface Register {
    readonly config: typeof config;
  }
}

const test = withPools();

test('without naming it', async ({ echo }) => {
  (await echo.request({ type: 'get' })).value satisfies number;
  (await (await register('echo')).request({ type: 'get' })).value satisfies number;
  // @ts-expect-error -- there is no such pool
  await register('ecko');
});
