import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config, { scope: { strict: 'file' } });

test('a session of the file', async ({ strict }) => {
  strict.send({ type: 'fault', message: 'a wrong file' });
});
