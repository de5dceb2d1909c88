/** What the tests of `left-open-runners.test.ts` call in the runners. The project's folder is the current one. */
import { writeFileSync } from 'node:fs';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import type { RedisKeyspace } from '../../src/index.ts';

interface Db {
  readonly opened: RedisKeyspace;
}

/** Leaves a connection of ioredis open that does not keep its process running. */
export async function leaveIoredis({ opened }: Db): Promise<void> {
  const client = new Redis({ ...opened, connectionName: 'ioredis' });
  await client.set('forgotten', 'x');
  (client.stream as typeof client.stream & { unref(): void }).unref();
}

/** Leaves a connection of node-redis open that does not keep its process running. Nothing takes its errors. */
export async function leaveNodeRedis({ opened }: Db): Promise<void> {
  const client = createClient({ url: opened.url, name: 'node-redis' });
  await client.connect();
  await client.set('forgotten', 'x');
  client.unref();
}

/** Leaves a connection open that keeps its process running. Writes down which process is the server. */
export async function leaveHeld({ opened }: Db): Promise<void> {
  const client = new Redis(opened);
  const [, pid = ''] = /process_id:(\d+)/.exec(await client.info('server')) ?? [];
  writeFileSync('server.pid', pid);
}

/** Uses its database as a test should. */
export async function ask({ opened }: Db): Promise<void> {
  const client = new Redis(opened);
  await client.set('used', 'x');
  client.disconnect();
}
