import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { echo: 'worker' } });

test('a worker has one session for its tests', async ({ echo: shared }) => {
  const { value = 0 } = (await shared.request({ type: 'get' })) as { value?: number };
  await shared.request({ type: 'set', value: value + 1 });
  console.log(`test ${value + 1} of this worker`);
});
