/** The schema itself: tests that change it leave nothing to other tests. */
import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { move } from '../warehouse/stock.ts';

test('the tables are those of the migrations', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const { rows } = await client.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
  );
  expect(rows.map(({ name }) => name)).toEqual([
    'customer',
    'movement',
    'order',
    'order_line',
    'order_total',
    'product',
    'stock',
    'voucher',
  ]);
});

test('every reference has an index, or goes to a small table', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  const { rows } = await client.query<{ at: string }>(`
    SELECT c.conrelid::regclass || '.' || a.attname AS at FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND NOT EXISTS
      (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]) ORDER BY 1`);
  expect(rows.map(({ at }) => at)).toEqual(['"order".customer', 'movement.sku', 'order_line.sku']);
});

test('a next migration may add a column', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await client.query("ALTER TABLE movement ADD COLUMN by_whom text NOT NULL DEFAULT 'the system'");
  await move(client, 'CHR-001', 1, 'found');
  const { rows } = await client.query('SELECT by_whom FROM movement WHERE reason = $1', ['found']);
  expect(rows).toEqual([{ by_whom: 'the system' }]);
});

test('and no other test has it', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(client.query('SELECT by_whom FROM movement')).rejects.toMatchObject({ code: '42703' });
});

test('a seed that is lost is lost for one test', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await client.query('TRUNCATE customer CASCADE');
  const { rows } = await client.query('SELECT count(*)::int AS count FROM customer');
  expect(rows).toEqual([{ count: 0 }]);
});
