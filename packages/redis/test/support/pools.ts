/** Pools in this process, clients of their sessions, and what is left of them. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failing, type Failing } from '@carpool/test-harness/failure';
import { createPool, isCarpoolError, type CarpoolError, type ErrorCode, type Pool, type ServerMessages } from 'carpool';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { redis, type RedisKeyspace, type RedisOptions } from '../../src/index.ts';

export type KeyspacePool = Pool<ServerMessages<RedisKeyspace>>;
export interface Keyspace {
  readonly opened: RedisKeyspace;
}

/** A pool in this process, closed at the end of the test. */
export function keyspaces(options: RedisOptions = {}): KeyspacePool {
  const pool = createPool(redis(options));
  onTestFinished(() => pool.close());
  return pool;
}

export interface ClientOptions {
  /** Over those of the session. */
  readonly [name: string]: unknown;
}

/** A client of this test, as ioredis takes a session. It does not connect again. */
export async function connected({ opened }: Keyspace, options: ClientOptions = {}): Promise<Redis> {
  const client = new Redis({ ...opened, lazyConnect: true, retryStrategy: null, ...options });
  // Where the server ends, its command rejects, and says why.
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.disconnect());
  return client;
}

/** What a server answers to one command, on a connection of its own. */
export async function ask(keyspace: Keyspace, command: string, ...args: readonly string[]): Promise<unknown> {
  const client = await connected(keyspace);
  try {
    return await client.call(command, ...args);
  } finally {
    await client.quit();
  }
}

/** The private folder of its server. */
export async function folderOf(keyspace: Keyspace): Promise<string> {
  const [, folder] = (await ask(keyspace, 'CONFIG', 'GET', 'dir')) as [string, string];
  return folder;
}

export async function pidOf(keyspace: Keyspace): Promise<number> {
  const info = String(await ask(keyspace, 'INFO', 'server'));
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

/** The error of Carpool with which the promise must reject, or the call fail. */
export const failure: Failing<ErrorCode, CarpoolError> = failing<ErrorCode, CarpoolError>(isCarpoolError);

/** A program of this test in place of a server: a script of the shell. */
export function program(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'redis-program-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'redis-server');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
