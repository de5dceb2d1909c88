import type { Client } from 'pg';

export async function move(db: Client, sku: string, change: number, reason: string): Promise<void> {
  await db.query('INSERT INTO movement (sku, change, reason) VALUES ($1, $2, $3)', [sku, change, reason]);
}

export async function inStock(db: Client, sku: string): Promise<number> {
  const { rows } = await db.query<{ quantity: number }>('SELECT quantity FROM stock WHERE sku = $1', [sku]);
  return rows[0]?.quantity ?? 0;
}

/** The newest first. */
export async function movements(db: Client, sku: string): Promise<readonly { change: number; reason: string }[]> {
  const text = 'SELECT change, reason FROM movement WHERE sku = $1 ORDER BY id DESC';
  const { rows } = await db.query<{ change: number; reason: string }>(text, [sku]);
  return rows;
}
