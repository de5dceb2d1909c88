import { contents, put } from '../shop/baskets.ts';
import { test } from '../test.ts';

test('a basket holds what was put into it', async ({ client, expect }) => {
  await put(client, 'ada', 'pear', 2);
  await put(client, 'ada', 'pear');
  await put(client, 'ada', 'plum');
  expect(await contents(client, 'ada')).toEqual({ pear: 3, plum: 1 });
});

test('each visitor has one', async ({ client, expect }) => {
  await put(client, 'ada', 'pear');
  expect(await contents(client, 'grace')).toEqual({});
  expect(await client.keys('*')).toEqual(['basket:ada']);
});

test('it is kept for an hour from the last product on', async ({ client, expect }) => {
  await put(client, 'ada', 'pear');
  await client.expire('basket:ada', 5);
  await put(client, 'ada', 'plum');
  expect(await client.ttl('basket:ada')).toBeGreaterThan(3_500);
});
