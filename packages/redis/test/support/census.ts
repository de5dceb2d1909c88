/** What the host's own user sees of a server: its password stands in redis.conf of the private folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientsOf } from '../../src/client-list.ts';
import { Connection } from '../../src/connection.ts';
import { folderOf, type Keyspace } from './pools.ts';

export interface Census {
  /** Without Carpool's, and the one that is off. */
  readonly users: readonly string[];
  /** Names of users that are connected, without Carpool's. */
  readonly connected: readonly string[];
  /** Numbers of databases with keys, and how many. */
  readonly keys: Readonly<Record<string, number>>;
}

/** @param keyspace is one of its sessions */
export async function censusOf(keyspace: Keyspace): Promise<() => Promise<Census>> {
  const file = readFileSync(join(await folderOf(keyspace), 'redis.conf'), 'utf8');
  const password = /^user carpool on >(\S+)/m.exec(file)?.[1] ?? '';
  return async () => {
    const connection = await Connection.open({ port: keyspace.opened.port, password });
    try {
      const users = ((await connection.send(['ACL', 'USERS'])) as string[]).filter((name) => name.startsWith('test-'));
      const list = String(await connection.send(['CLIENT', 'LIST']));
      const connected = users.flatMap((user) => clientsOf(user, list).map(() => user));
      const info = String(await connection.send(['INFO', 'keyspace']));
      const keys = [...info.matchAll(/^db(\d+):keys=(\d+)/gm)].map(([, db, count]) => [db, Number(count)] as const);
      return { users, connected, keys: Object.fromEntries(keys) as Record<string, number> };
    } finally {
      connection.close();
    }
  };
}
