import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { cancel, place, ship, turnover } from '../warehouse/orders.ts';
import { inStock } from '../warehouse/stock.ts';

const ada = 1;
const chairs = [{ sku: 'CHR-001', quantity: 3 }];

test('an order is shipped once', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const order = await place(client, ada, chairs);
  await ship(client, order);
  await expect(ship(client, order)).rejects.toThrow('cannot be shipped');
});

test('a cancelled order puts its goods back', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await cancel(client, await place(client, ada, chairs));
  expect(await inStock(client, 'CHR-001')).toBe(40);
  expect(await turnover(client, ada)).toBe(0);
});

test('what is on its way cannot be cancelled', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const order = await place(client, ada, chairs);
  await ship(client, order);
  await expect(cancel(client, order)).rejects.toThrow('cannot be cancelled');
  expect(await inStock(client, 'CHR-001')).toBe(37);
});

test('what is shipped has a date', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await place(client, ada, chairs);
  await expect(client.query(`UPDATE "order" SET state = 'shipped'`)).rejects.toMatchObject({
    constraint: 'shipped_has_date',
  });
});

test('an order has the states that there are', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const { rows } = await client.query('SELECT unnest(enum_range(NULL::order_state)) AS state');
  expect(rows.map(({ state }) => state as string)).toEqual(['placed', 'shipped', 'cancelled']);
  await expect(client.query(`UPDATE "order" SET state = 'lost'`)).rejects.toMatchObject({ code: '22P02' });
});
