/** Databases on a real server: what a test gets, and what is left of it. */
import { condition } from '@carpool/test-harness/programs';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import postgresJs from 'postgres';
import { describe, expect, test, vi } from 'vitest';
import { createPool, type RegisterOptions } from 'carpool';
import { postgres } from '../src/index.ts';
import { mostLeft } from '../src/left-open.ts';
import { databaseNames, databases, failure, files, options, postmasterOf, query } from './support/pools.ts';
import { reason, server, servers } from './support/servers.ts';

/** As an adapter names a test. */
const heldBy = (number: number): RegisterOptions => ({ holder: { test: `number ${number}`, file: 'a.test.ts' } });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.skipIf(server === undefined)(`databases${reason}`, () => {
  test.each(servers.map(({ version, major }) => ({ version, major })))(
    'on PostgreSQL $version each session has a copy of the template, alone',
    async ({ major }) => {
      const folder = files({
        'b/2.sql': 'INSERT INTO note VALUES (1);',
        'b/1.sql': '-- first\nCREATE TABLE note (id int);',
      });
      const pool = databases({ version: major, schema: [`${folder}/b/*.sql`, { sql: 'INSERT INTO note VALUES (2)' }] });
      const [one, two] = await Promise.all([pool.register(), pool.register()]);
      expect(await query(one, 'DELETE FROM note', 'SELECT * FROM note')).toEqual([]);
      expect(await query(two, 'SELECT * FROM note ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
      const said = await query(two, "SELECT current_setting('server_version_num')::int / 10000 AS major");
      expect(said).toEqual([{ major }]);
      await one.unregister();
      expect(await databaseNames(two)).toEqual(['test_s2']);
      expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
    },
  );

  test('`opened` is enough for pg and postgres.js', async () => {
    const { opened } = await databases().register();
    expect(existsSync(opened.socketPath)).toBe(true);
    for (const client of [new pg.Client(opened), new pg.Client(opened.url)]) {
      await client.connect();
      expect((await client.query('SELECT current_database()')).rows).toEqual([{ current_database: opened.database }]);
      await client.end();
    }
    const sql = postgresJs({ ...opened, max: 1 });
    expect([...(await sql`SELECT 1 AS one`)]).toEqual([{ one: 1 }]);
    await sql.end();
  });

  const psql = join(dirname(server?.postgres ?? ''), 'psql');
  const there = condition(existsSync(psql), `there is no psql beside ${server?.postgres ?? 'a server'}`);
  test.runIf(there.holds)(`\`opened.url\` is enough for psql${there.reason}`, async () => {
    const { opened } = await databases().register();
    expect(execFileSync(psql, [opened.url, '-Atc', 'SELECT 1'], { encoding: 'utf8' })).toBe('1\n');
  });

  test('with `tcp` they are reached on a port too, with a password', async () => {
    const pool = databases({ tcp: true });
    const { opened } = await pool.register();
    expect(opened.url).toMatch(/^postgresql:\/\/postgres:\w{32}@127\.0\.0\.1:\d+\/test_s1$/);
    expect(await query({ opened }, 'SELECT inet_server_port() AS port')).toEqual([{ port: opened.port }]);
    const { password: _, ...without } = opened;
    await expect(query({ opened: without }, 'SELECT 1')).rejects.toThrow(/password/);
  });

  test('settings and extensions', async () => {
    const db = await databases({
      settings: { timezone: 'Asia/Tokyo', fsync: true },
      extensions: ['plpgsql'],
    }).register();
    expect(await query(db, 'SHOW timezone')).toEqual([{ TimeZone: 'Asia/Tokyo' }]);
    expect(await query(db, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  test('a connection that is left open is reported, does not break its process, and ends with its server', async () => {
    const pool = databases({ diagnostics: 'fail' });
    const other = await pool.register();
    const db = await pool.register();
    const client = new pg.Client({ ...db.opened, application_name: 'shop' });
    const broken: Error[] = [];
    client.on('error', (error) => broken.push(error));
    await client.connect();
    await client.query('SELECT 41 + 1');
    const error = await failure(db.unregister(), 'SESSION_DIAGNOSTICS');
    expect(error.message).toContain(
      'left 1 connection open to its database (of "shop", idle, its last statement: SELECT 41 + 1); end the client: await client.end()',
    );
    expect(await databaseNames(other)).toEqual(['test_s1', 'test_s2']);
    expect((await client.query('SELECT 1')).rowCount).toBe(1);
    expect(broken).toEqual([]);
    await client.end();
    // With the end of the next one.
    const next = await pool.register();
    await next.unregister();
    expect(await databaseNames(other)).toEqual(['test_s1']);
  });

  test('of many that are left in use none is ended: no more are made before one has gone', async () => {
    const pool = databases();
    const left = await Promise.all(Array.from({ length: mostLeft + 2 }, (_, number) => pool.register(heldBy(number))));
    const broken: Error[] = [];
    const clients = await Promise.all(
      left.map(async ({ opened }) => {
        const client = new pg.Client(opened);
        client.on('error', (error) => broken.push(error));
        await client.connect();
        return client;
      }),
    );
    await Promise.all(left.map((db) => db.unregister()));
    const { message } = await failure(pool.register(), 'SESSION_FAILED');
    expect(message).toContain(
      `Cannot register a session of "pool": ${mostLeft + 2} databases stay, because tests have`,
    );
    for (let number = 0; number < mostLeft + 2; number++)
      expect(message).toContain(`test "number ${number}" (${import.meta.filename}:`);
    expect(message).toContain('End the client in each of these tests: await client.end()');
    await Promise.all(clients.slice(0, 2).map((client) => client.end()));
    const next = await pool.register();
    expect(await databaseNames(next)).toHaveLength(mostLeft + 1);
    expect(broken).toEqual([]);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0, diagnosed: mostLeft + 2 });
    await Promise.all(clients.map((client) => client.end()));
  });

  test('a server that is replaced stays while a client is connected to it', async () => {
    const pool = databases({ recycleAfter: 1 });
    const db = await pool.register();
    const client = new pg.Client(db.opened);
    await client.connect();
    await db.unregister();
    const next = await pool.register();
    expect(next.opened.host).not.toBe(db.opened.host);
    expect((await client.query('SELECT 1')).rowCount).toBe(1);
    const pid = postmasterOf(db);
    await client.end();
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test('by default two are there before a test asks for them', async () => {
    const pool = databases({ warm: postgres().warm ?? 0 });
    const db = await pool.register();
    await vi.waitFor(async () => expect(await databaseNames(db)).toEqual(['test_s1', 'test_s2', 'test_s3']), 10_000);
    expect((await pool.register()).opened.database).toBe('test_s2');
  });

  test('a database that refuses to be dropped costs its slot, says so, and no other test', async () => {
    const pool = databases({ maxSessions: 4 });
    const db = await pool.register();
    await query(db, `ALTER DATABASE ${db.opened.database} IS_TEMPLATE true`);
    const error = await failure(db.unregister(), 'SESSION_FAILED');
    expect(error.message).toContain('cannot drop a template database');
    const next = await pool.register();
    expect(await query(next, 'SELECT * FROM note')).toEqual([]);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 1 });
  });

  test('32 sessions at once unless the options say otherwise', async () => {
    expect(postgres().maxSessions).toBe(32);
    expect(postgres({ sessionsPerChild: 3 }).maxSessions).toBeUndefined();
    await using pool = createPool(postgres(options({ maxSessions: 2 })));
    expect(pool.stats()).toMatchObject({ maxSessions: 2 });
  });
});
