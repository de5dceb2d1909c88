/** What the tests of `bodies.ts` call in the runners. The project's folder is the current one. */
import { appendFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { RedisKeyspace } from '../../src/index.ts';

/** A session on a database. */
interface Db {
  readonly opened: RedisKeyspace;
  readonly closed: Promise<unknown>;
}

/** What the checks read. */
export interface Seen {
  /** The private folder of the server. */
  readonly folder: string | undefined;
}

async function using<Result>(db: Db, work: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(db.opened);
  const [, folder] = (await client.config('GET', 'dir')) as string[];
  appendFileSync('seen.jsonl', `${JSON.stringify({ folder } satisfies Seen)}\n`);
  const result = await work(client);
  await client.quit();
  return result;
}

export async function keys(db: Db): Promise<readonly string[]> {
  return await using(db, (client) => client.keys('*'));
}

export async function set(db: Db, key: string): Promise<void> {
  await using(db, (client) => client.set(key, 'x'));
}

/** Leaves a connection open. */
export async function leave(db: Db): Promise<void> {
  const client = new Redis({ ...db.opened, connectionName: 'forgetful' });
  await client.set('forgotten', 'x');
  // Else the worker of Jest does not end.
  (client.stream as typeof client.stream & { unref(): void }).unref();
}

export async function killServer(db: Db): Promise<void> {
  const info = await using(db, (client) => client.info('server'));
  process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), 'SIGKILL');
  await db.closed;
}
