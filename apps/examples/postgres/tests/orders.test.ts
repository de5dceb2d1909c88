import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { place, total, turnover } from '../warehouse/orders.ts';
import { setPrice } from '../warehouse/products.ts';
import { inStock } from '../warehouse/stock.ts';

const ada = 1;

test('an order takes its goods from the shelf', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const order = await place(client, ada, [
    { sku: 'LMP-001', quantity: 2 },
    { sku: 'CHR-001', quantity: 4 },
  ]);
  expect(await total(client, order)).toBe(2 * 3900 + 4 * 2500);
  expect(await inStock(client, 'LMP-001')).toBe(8);
  expect(await inStock(client, 'CHR-001')).toBe(36);
});

test('an order that cannot be filled leaves nothing', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const lines = [
    { sku: 'CHR-001', quantity: 1 },
    { sku: 'TBL-001', quantity: 1 },
  ];
  await expect(place(client, ada, lines)).rejects.toMatchObject({ constraint: 'stock_not_negative' });
  expect(await inStock(client, 'CHR-001')).toBe(40);
  expect(await turnover(client, ada)).toBe(0);
});

test('an order keeps the price of its day', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const order = await place(client, ada, [{ sku: 'CHR-001', quantity: 1 }]);
  await setPrice(client, 'CHR-001', 9900);
  expect(await total(client, order)).toBe(2500);
});

test('there is no order for what does not exist', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(place(client, ada, [{ sku: 'XXX-999', quantity: 1 }])).rejects.toThrow('There is no product XXX-999');
});

test('there is no order of a customer that does not exist', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(place(client, 9999, [])).rejects.toMatchObject({ code: '23503' });
});
