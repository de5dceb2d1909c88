import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { search, setPrice } from '../warehouse/products.ts';

test.for([
  ['lamp', ['LMP-001', 'LMP-002']],
  ['folded chairs', ['CHR-001']],
  ['a lamp with shades', ['LMP-001']],
  ['sofa', []],
] as const)('a search for "%s" finds %j', async ([words, found], { db, expect }) => {
  await using client = await connect(db.opened);
  expect(await search(client, words)).toEqual(found);
});

test('a product that is renamed is found by its new name alone', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await client.query("UPDATE product SET name = 'Reading light' WHERE sku = 'LMP-001'");
  expect(await search(client, 'lamp')).toEqual(['LMP-002']);
  expect(await search(client, 'lights')).toEqual(['LMP-001']);
});

test('a price is more than nothing', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(setPrice(client, 'CHR-001', 0)).rejects.toMatchObject({ constraint: 'product_cents_check' });
});
