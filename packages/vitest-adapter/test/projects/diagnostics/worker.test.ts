import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { strict: 'worker' } });

test('a session of the worker', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'a wrong worker' });
  await strict.request({ type: 'get' });
});
