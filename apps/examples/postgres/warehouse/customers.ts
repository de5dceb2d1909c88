import type { Client } from 'pg';

/** @returns the number of the customer */
export async function register(db: Client, name: string, email: string): Promise<number> {
  const text = 'INSERT INTO customer (name, email) VALUES ($1, $2) RETURNING id';
  const { rows } = await db.query<{ id: number }>(text, [name, email]);
  return rows[0]!.id;
}

export async function findByEmail(db: Client, email: string): Promise<string | undefined> {
  const text = 'SELECT name FROM customer WHERE lower(email) = lower($1)';
  const { rows } = await db.query<{ name: string }>(text, [email]);
  return rows[0]?.name;
}
