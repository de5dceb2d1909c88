/** The `test` of this suite: `client` is connected to a database of this test alone. */
import { withPools } from '@carpool/vitest';
import { Redis } from 'ioredis';
import config from './carpool.config.ts';

export const test = withPools(config).extend<{ client: Redis }>({
  client: async ({ redis }, use) => {
    const client = new Redis(redis.opened.url);
    await use(client);
    client.disconnect();
  },
});
