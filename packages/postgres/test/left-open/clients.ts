/** What the tests of `left-open.test.ts` call in the runners. The project's folder is the current one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { PostgresDatabase } from '../../src/index.ts';

interface Db {
  readonly opened: PostgresDatabase;
}

/** A client as users forget it: nothing takes its errors. */
async function connected({ opened }: Db): Promise<pg.Client> {
  const client = new pg.Client({ ...opened, application_name: 'forgetful' });
  await client.connect();
  return client;
}

/** Leaves connections open that do not keep their process running. */
export async function leave(db: Db, many = 1): Promise<void> {
  for (let count = 0; count < many; count++) {
    const client = await connected(db);
    (client as pg.Client & { unref(): void }).unref();
  }
}

/** Leaves a connection open that keeps its process running. Writes down which process is the server. */
export async function leaveHeld(db: Db): Promise<void> {
  const [pid = ''] = readFileSync(join(dirname(db.opened.host), 'data/postmaster.pid'), 'utf8').split('\n');
  writeFileSync('server.pid', pid);
  await connected(db);
}

/** Uses its database as a test should. */
export async function ask(db: Db): Promise<void> {
  const client = await connected(db);
  await client.query('SELECT 1');
  await client.end();
}
