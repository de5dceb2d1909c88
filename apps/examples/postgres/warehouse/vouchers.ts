import type { Client } from 'pg';

/** Uses it up for this order. @returns by how many per cent it is cheaper */
export async function redeem(db: Client, code: string, order: number): Promise<number> {
  const text = `UPDATE voucher SET used_by = $2 WHERE code = $1 AND used_by IS NULL AND valid @> current_date RETURNING percent`;
  const { rows } = await db.query<{ percent: number }>(text, [code, order]);
  const [voucher] = rows;
  if (voucher === undefined) throw new Error(`Voucher ${code} is not valid`);
  return voucher.percent;
}
