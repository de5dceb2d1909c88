// A config that is told once is known everywhere.
import { carpool, withPools } from '@carpool/jest';
import type config from './carpool.config.ts';

declare module '@carpool/jest' {
  interface Project {
    readonly config: typeof config;
  }
}

const test = withPools();

test('without naming it', async ({ echo }) => {
  (await echo.request({ type: 'get' })).value satisfies number;
  (await (await carpool.echo.register()).request({ type: 'get' })).value satisfies number;
  // @ts-expect-error -- there is no such pool
  await carpool.ecko.register();
});
