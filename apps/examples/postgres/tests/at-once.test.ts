/** Several connections to one database: what a test in a transaction that is rolled back could not see. */
import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { place } from '../warehouse/orders.ts';
import { inStock, move } from '../warehouse/stock.ts';

const [ada, grace] = [1, 2];

test('one of two customers gets the last lamp', async ({ db, expect }) => {
  await using first = await connect(db.opened);
  await using second = await connect(db.opened);
  const lamp = [{ sku: 'LMP-002', quantity: 1 }];
  const orders = await Promise.allSettled([place(first, ada, lamp), place(second, grace, lamp)]);
  expect(orders.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await inStock(first, 'LMP-002')).toBe(0);
});

test('two orders of the same goods do not wait for each other for ever', async ({ db, expect }) => {
  await using first = await connect(db.opened);
  await using second = await connect(db.opened);
  const lines = [
    { sku: 'CHR-001', quantity: 1 },
    { sku: 'LMP-001', quantity: 1 },
  ];
  await Promise.all([place(first, ada, lines), place(second, grace, lines.toReversed())]);
  expect(await inStock(first, 'CHR-001')).toBe(38);
});

test('what is not committed is not seen', async ({ db, expect }) => {
  await using writer = await connect(db.opened);
  await using reader = await connect(db.opened);
  await writer.query('BEGIN');
  await move(writer, 'LMP-001', -1, 'order');
  expect(await inStock(reader, 'LMP-001')).toBe(10);
  await writer.query('COMMIT');
  expect(await inStock(reader, 'LMP-001')).toBe(9);
});

test('who listens hears what was committed', async ({ db, expect }) => {
  await using listener = await connect(db.opened);
  await using writer = await connect(db.opened);
  const heard = new Promise((resolve) => listener.once('notification', ({ payload }) => resolve(payload)));
  await listener.query('LISTEN stock');
  await writer.query("SELECT pg_notify('stock', 'LMP-001')");
  expect(await heard).toBe('LMP-001');
});

test('a lock keeps another order waiting, and no longer than that', async ({ db, expect }) => {
  await using first = await connect(db.opened);
  await using second = await connect(db.opened);
  await first.query('BEGIN');
  await first.query("SELECT * FROM stock WHERE sku = 'CHR-001' FOR UPDATE");
  const skipped = await second.query("SELECT * FROM stock WHERE sku = 'CHR-001' FOR UPDATE SKIP LOCKED");
  expect(skipped.rowCount).toBe(0);
  await first.query('COMMIT');
  await move(second, 'CHR-001', -1, 'order');
  expect(await inStock(first, 'CHR-001')).toBe(39);
});
