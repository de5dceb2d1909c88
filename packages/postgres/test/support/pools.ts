/** Pools of databases in this process, and what is left of them. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { failing, type Failing } from '@carpool/test-harness/failure';
import { createPool, isCarpoolError, type CarpoolError, type ErrorCode, type Pool, type ServerMessages } from 'carpool';
import pg from 'pg';
import { afterAll, onTestFinished } from 'vitest';
import { postgres, type PostgresDatabase, type PostgresOptions } from '../../src/index.ts';

/** For clusters of this test file: only the first of them takes an initdb. */
export const cache: string = mkdtempSync(join(tmpdir(), 'carpool-postgres-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

export type DatabasePool = Pool<ServerMessages<PostgresDatabase>>;

/** Its options. Folders are in a place of the test's own. */
export function options(more: PostgresOptions = {}): PostgresOptions {
  return { schema: { sql: 'CREATE TABLE note (text text)' }, cache, folder: place(), warm: 0, ...more };
}

/** A pool in this process, closed at the end of the test, when nothing of it is left. */
export function databases(more: PostgresOptions = {}): DatabasePool {
  const folder = typeof more.folder === 'string' ? more.folder : place();
  const pool = createPool(postgres(options({ ...more, folder })));
  onTestFinished(async () => {
    await pool.close();
    if (readdirSync(folder).length > 0) throw new Error(`left in ${folder}: ${readdirSync(folder).join(', ')}`);
  });
  return pool;
}

/** A folder for this test, where servers have theirs. */
export function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodForNobody(folder);
  return folder;
}

/** Files in a folder of this test. */
export function files(contents: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pg-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs statements on a connection of its own. @returns the rows of the last */
export async function query(db: { readonly opened: PostgresDatabase }, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client(db.opened);
  // Where the server ends, its query rejects, and says why.
  client.on('error', () => {});
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

/** The names of the databases of tests on its server. */
export async function databaseNames(db: { readonly opened: PostgresDatabase }): Promise<string[]> {
  const rows = (await query(db, `SELECT datname AS name FROM pg_database WHERE datname LIKE 'test%' ORDER BY 1`)) as {
    name: string;
  }[];
  return rows.map(({ name }) => name);
}

/** The first process of its server. */
export function postmasterOf(db: { readonly opened: PostgresDatabase }): number {
  return Number(readFileSync(join(dirname(db.opened.host), 'data/postmaster.pid'), 'utf8').split('\n')[0]);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The id of the System V segment of shared memory of its server. */
export function segmentOf(db: { readonly opened: PostgresDatabase }): string | undefined {
  const lines = readFileSync(join(dirname(db.opened.host), 'data/postmaster.pid'), 'utf8').split('\n');
  return lines[6]?.trim().split(/\s+/)[1];
}

/** The ids of those that there are. */
export function segments(): (string | undefined)[] {
  const lines = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => line.trim().split(/\s+/)[1]);
}

/** The error of Carpool with which the promise must reject, or the call fail. */
export const failure: Failing<ErrorCode, CarpoolError> = failing<ErrorCode, CarpoolError>(isCarpoolError);

function chmodForNobody(folder: string): void {
  // As root the server runs as another user, which goes through it.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
}
