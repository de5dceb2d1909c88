/** A connection to the database of a test, until the end of the block that has opened it. */
import type { PostgresDatabase } from '@carpool/postgres';
import { Client } from 'pg';
import { seen } from '../seen.ts';

export type Database = Client & AsyncDisposable;

export async function openDatabase(opened: PostgresDatabase): Promise<Database> {
  seen('database', opened);
  const client = new Client(opened);
  // If the server fails, queries reject and say why. Without this handler the error would crash the test's worker.
  client.on('error', () => {});
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}
