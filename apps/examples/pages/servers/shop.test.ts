import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const test = withPools(config, { params: { shop: { items: ['apple'] } } });

test('sells a pear', async ({ shop, expect }) => {
  const { url } = shop.opened;
  await fetch(url, { method: 'POST', body: 'pear' });
  expect(await (await fetch(`${url}/items`)).text()).toBe('apple\npear\n');
});

test('begins with what it asked for, whatever other tests sold', async ({ shop, carpool, expect }) => {
  const other = await carpool.shop.register({ params: { items: ['plum', 'fig'] } });
  const texts = [shop, other].map(async ({ opened }) => await (await fetch(`${opened.url}/items`)).text());
  expect(await Promise.all(texts)).toEqual(['apple\n', 'plum\nfig\n']);
});
