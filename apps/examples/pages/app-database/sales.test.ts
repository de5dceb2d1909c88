import type { PostgresDatabase } from '@carpool/postgres';
import { register, withPools } from '@carpool/vitest';
import { beforeAll } from 'vitest';
import config from './carpool.config.ts';

const test = withPools(config).extend<{ shop: string }>({
  // The app, on the database of this test.
  shop: async ({ db, carpool }, use) => {
    const { opened } = await carpool.app.register({ params: { database: db.opened.url } });
    await use(opened.url);
  },
});

// Needed only where the app starts slowly: so its start is not in the time of the first test.
beforeAll(async () => {
  const { opened } = await register('db', { scope: 'file' });
  await register('app', { scope: 'file', params: { database: (opened as PostgresDatabase).url } });
}, 60_000);

const sales = async (shop: string): Promise<string> => await (await fetch(shop)).text();

test('sells a pear', async ({ shop, expect }) => {
  await fetch(shop, { method: 'POST', body: 'pear' });
  expect(await sales(shop)).toBe('pear');
});

test('begins with an empty database', async ({ shop, expect }) => {
  expect(await sales(shop)).toBe('');
});
