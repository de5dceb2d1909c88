import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { inStock, move, movements } from '../warehouse/stock.ts';

test('a delivery adds to what is there', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await move(client, 'LMP-001', 5, 'delivery');
  expect(await inStock(client, 'LMP-001')).toBe(15);
});

test('no more leaves the shelf than is on it', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(move(client, 'LMP-002', -2, 'order')).rejects.toMatchObject({ constraint: 'stock_not_negative' });
  expect(await inStock(client, 'LMP-002')).toBe(1);
});

test('every change is kept, the newest first', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await move(client, 'CHR-001', -3, 'damaged');
  await move(client, 'CHR-001', 1, 'repaired');
  expect(await movements(client, 'CHR-001')).toEqual([
    { change: 1, reason: 'repaired' },
    { change: -3, reason: 'damaged' },
    { change: 40, reason: 'delivery' },
  ]);
});

test('what was written down cannot be changed', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(client.query('UPDATE movement SET change = 100')).rejects.toThrow('a movement is never changed');
  await expect(client.query('DELETE FROM movement')).rejects.toThrow('a movement is never changed');
});

test('a movement moves something', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(move(client, 'CHR-001', 0, 'nothing')).rejects.toMatchObject({ constraint: 'movement_change_check' });
});
