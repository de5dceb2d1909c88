import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { place } from '../warehouse/orders.ts';
import { redeem } from '../warehouse/vouchers.ts';

const chair = [{ sku: 'CHR-001', quantity: 1 }];

test('a voucher makes an order cheaper', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  expect(await redeem(client, 'SPRING', await place(client, 1, chair))).toBe(10);
});

test('a voucher is used once', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const [first, second] = [await place(client, 1, chair), await place(client, 2, chair)];
  await redeem(client, 'SPRING', first);
  await expect(redeem(client, 'SPRING', second)).rejects.toThrow('SPRING is not valid');
});

test.for(['OLD', 'spring', 'UNKNOWN'])('the voucher %s is not valid', async (code, { db, expect }) => {
  await using client = await connect(db.opened);
  const order = await place(client, 1, chair);
  await expect(redeem(client, code, order)).rejects.toThrow(`${code} is not valid`);
});

test('an order has one voucher', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const order = await place(client, 1, chair);
  await client.query(`INSERT INTO voucher (code, percent, valid) VALUES ('SUMMER', 5, '[2020-01-01,)')`);
  await redeem(client, 'SPRING', order);
  await expect(redeem(client, 'SUMMER', order)).rejects.toMatchObject({ constraint: 'voucher_used_by_key' });
});

test('nothing is given away', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const text = `INSERT INTO voucher (code, percent, valid) VALUES ('ALL', 101, '[2020-01-01,)')`;
  await expect(client.query(text)).rejects.toMatchObject({ constraint: 'voucher_percent_check' });
});
