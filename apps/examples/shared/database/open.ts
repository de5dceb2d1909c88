/** What a test asks of worker.ts: a database for itself, until the end of the block that has opened it. */
import type { SharedWorker } from 'carpool/shared-worker';
import { Client } from 'pg';
import { seen } from '../seen.ts';
import type { Connection } from './databases.ts';
import type { Answer, Question } from './worker.ts';

export type Database = Client & AsyncDisposable;

export async function openDatabase(postgres: SharedWorker.Plugin.Protocol<Question | Answer>): Promise<Database> {
  const connection = await postgres.request<Connection>({ type: 'create' });
  seen('database', connection.database);
  const client = new Client(connection);
  // If the server fails, queries reject and say why. Without this handler the error would crash the test's worker.
  client.on('error', () => {});
  await client.connect();
  const close = async (): Promise<void> => {
    await client.end();
    await postgres.request({ type: 'drop', database: connection.database });
  };
  return Object.assign(client, { [Symbol.asyncDispose]: close });
}
