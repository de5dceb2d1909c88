/** The code under test: a shop that keeps its orders in PostgreSQL. */
import type { ClientBase } from 'pg';

/** @returns the number of the order */
export async function order(db: ClientBase, customer: string, cents: number): Promise<number> {
  const text = 'INSERT INTO "order" (customer, cents) VALUES ($1, $2) RETURNING id';
  const { rows } = await db.query<{ id: number }>(text, [customer, cents]);
  return rows[0]?.id ?? 0;
}

/** What a customer has ordered so far, in cents. */
export async function total(db: ClientBase, customer: string): Promise<number> {
  const text = 'SELECT coalesce(sum(cents), 0)::int AS cents FROM "order" WHERE customer = $1';
  const { rows } = await db.query<{ cents: number }>(text, [customer]);
  return rows[0]?.cents ?? 0;
}
