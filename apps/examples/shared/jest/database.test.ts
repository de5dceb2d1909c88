import { withPools } from '@carpool/jest';
import { expect } from '@jest/globals';
import config from '../carpool.config.ts';
import { openDatabase } from '../database/open.ts';
import { order, total } from '../database/shop.ts';

const test = withPools(config);

test('finds what the seed has put there', async ({ db }) => {
  await using client = await openDatabase(db.opened);
  expect(await total(client, 'Ada')).toBe(1200);
});

for (const cents of [100, 200, 300]) {
  test(`adds ${cents} to that alone`, async ({ db }) => {
    await using client = await openDatabase(db.opened);
    await order(client, 'Ada', cents);
    expect(await total(client, 'Ada')).toBe(1200 + cents);
  });
}
