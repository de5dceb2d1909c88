import type { Client } from 'pg';

/** The numbers of the products whose names have all these words, in any form of them. */
export async function search(db: Client, words: string): Promise<readonly string[]> {
  const text = "SELECT sku FROM product WHERE words @@ plainto_tsquery('english', $1) ORDER BY sku";
  const { rows } = await db.query<{ sku: string }>(text, [words]);
  return rows.map(({ sku }) => sku);
}

export async function setPrice(db: Client, sku: string, cents: number): Promise<void> {
  await db.query('UPDATE product SET cents = $2 WHERE sku = $1', [sku, cents]);
}
