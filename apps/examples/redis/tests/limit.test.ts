import { mayTry } from '../shop/limit.ts';
import { test } from '../test.ts';

const limit = { most: 3, milliseconds: 60_000 };

test('a visitor may try three times, also at once', async ({ client, expect }) => {
  const tries = await Promise.all([1, 2, 3, 4].map(() => mayTry(client, 'ada', limit)));
  expect(tries).toEqual([true, true, true, false]);
  expect(await mayTry(client, 'grace', limit)).toBe(true);
});

test('and again when the time is over', async ({ client, expect }) => {
  await mayTry(client, 'ada', { ...limit, most: 1 });
  expect(await mayTry(client, 'ada', { ...limit, most: 1 })).toBe(false);
  await client.pexpire('tries:ada', 0);
  expect(await mayTry(client, 'ada', { ...limit, most: 1 })).toBe(true);
});
