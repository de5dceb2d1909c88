/** A connection that closes at the end of the block that has opened it. */
import { Client, type ClientConfig } from 'pg';

export type Database = Client & AsyncDisposable;

export async function connect(config: ClientConfig): Promise<Database> {
  const client = new Client(config);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** Commits what `work` did, or takes it back if that throws. */
export async function transaction<Result>(db: Client, work: () => Promise<Result>): Promise<Result> {
  await db.query('BEGIN');
  try {
    const result = await work();
    await db.query('COMMIT');
    return result;
  } catch (thrown) {
    await db.query('ROLLBACK');
    throw thrown;
  }
}
