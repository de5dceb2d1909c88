import type { Client } from 'pg';
import { transaction } from './connect.ts';
import { move } from './stock.ts';

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** Takes the goods from the shelf: all lines, or none. @returns the number of the order */
export async function place(db: Client, customer: number, lines: readonly Line[]): Promise<number> {
  return await transaction(db, async () => {
    const { rows } = await db.query<{ id: number }>('INSERT INTO "order" (customer) VALUES ($1) RETURNING id', [
      customer,
    ]);
    const { id } = rows[0]!;
    // In the order of their numbers, so that two orders cannot wait for each other.
    for (const { sku, quantity } of lines.toSorted((a, b) => a.sku.localeCompare(b.sku))) {
      const text =
        'INSERT INTO order_line (order_id, sku, quantity, cents) SELECT $1, sku, $3, cents FROM product WHERE sku = $2';
      const { rowCount } = await db.query(text, [id, sku, quantity]);
      if (rowCount === 0) throw new Error(`There is no product ${sku}`);
      await move(db, sku, -quantity, `order ${id}`);
    }
    return id;
  });
}

export async function ship(db: Client, order: number): Promise<void> {
  const text = `UPDATE "order" SET state = 'shipped', shipped_at = now() WHERE id = $1 AND state = 'placed'`;
  const { rowCount } = await db.query(text, [order]);
  if (rowCount === 0) throw new Error(`Order ${order} cannot be shipped`);
}

/** Puts the goods back. */
export async function cancel(db: Client, order: number): Promise<void> {
  await transaction(db, async () => {
    const text = `UPDATE "order" SET state = 'cancelled' WHERE id = $1 AND state = 'placed'`;
    const { rowCount } = await db.query(text, [order]);
    if (rowCount === 0) throw new Error(`Order ${order} cannot be cancelled`);
    const { rows } = await db.query<Line>('SELECT sku, quantity FROM order_line WHERE order_id = $1', [order]);
    for (const { sku, quantity } of rows) await move(db, sku, quantity, `cancelled ${order}`);
  });
}

/** In cents. */
export async function total(db: Client, order: number): Promise<number> {
  const { rows } = await db.query<{ cents: number }>('SELECT cents FROM order_total WHERE id = $1', [order]);
  return rows[0]!.cents;
}

/** What a customer has ordered, in cents, without what was cancelled. */
export async function turnover(db: Client, customer: number): Promise<number> {
  const text = `SELECT coalesce(sum(cents), 0)::int AS cents FROM order_total WHERE customer = $1 AND state <> 'cancelled'`;
  const { rows } = await db.query<{ cents: number }>(text, [customer]);
  return rows[0]!.cents;
}
