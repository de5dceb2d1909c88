/** What the tests of `bodies.ts` call in the runners. The project's folder is the current one. */
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { PostgresDatabase } from '../../src/index.ts';

/** A session on a database. */
interface Db {
  readonly opened: PostgresDatabase;
  readonly closed: Promise<unknown>;
}

async function using<Result>(db: Db, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(db.opened);
  appendFileSync('seen.jsonl', `${JSON.stringify(db.opened)}\n`);
  await client.connect();
  const result = await work(client);
  await client.end();
  return result;
}

export async function texts(db: Db): Promise<readonly string[]> {
  return await using(db, async (client) => {
    const { rows } = await client.query<{ text: string }>('SELECT text FROM note ORDER BY id');
    return rows.map(({ text }) => text);
  });
}

export async function add(db: Db, text: string): Promise<void> {
  await using(db, async (client) => await client.query('INSERT INTO note (text) VALUES ($1)', [text]));
}

/** Leaves a connection open. */
export async function leave(db: Db): Promise<void> {
  const client = new pg.Client({ ...db.opened, application_name: 'forgetful' });
  client.on('error', () => {});
  await client.connect();
  // Else the worker of Jest does not end.
  (client as pg.Client & { unref(): void }).unref();
}

export async function killServer(db: Db): Promise<void> {
  const [pid] = readFileSync(join(dirname(db.opened.host), 'data/postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
  await db.closed;
}
