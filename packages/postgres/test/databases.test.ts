/** Databases on a real server: what a test gets, and what is left of it. */
import { condition } from '@carpool/test-harness/programs';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import postgresJs from 'postgres';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RegisterOptions } from 'carpool';
import { postgres, type PostgresOptions } from '../src/index.ts';
import { mostLeft } from '../src/left-open.ts';
import { databaseNames, databases, failure, files, isAlive, postmasterOf, query } from './support/pools.ts';
import { reason, server, servers } from './support/servers.ts';

/** As an adapter names a test. */
const heldBy = (number: number): RegisterOptions => ({ holder: { test: `number ${number}`, file: 'a.test.ts' } });
/** A database with a subscription is not dropped. */
const subscribe = "CREATE SUBSCRIPTION news CONNECTION '' PUBLICATION news WITH (connect = false, slot_name = NONE)";

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

  test('it is fast where it need not last, `settings` are over that, and `extensions` are there before the schema', async () => {
    const settings = "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'autovacuum')";
    const fast = ['autovacuum', 'fsync', 'full_page_writes'].map((name) => ({ name, setting: 'off' }));
    expect(await query(await databases().register(), `${settings} ORDER BY 1`)).toEqual(fast);
    const db = await databases({
      settings: { timezone: 'Asia/Tokyo', fsync: true },
      // With what it depends on.
      extensions: ['earthdistance'],
      schema: { sql: 'CREATE TABLE town (at cube, place earth)' },
    }).register();
    expect(await query(db, 'SHOW timezone')).toEqual([{ TimeZone: 'Asia/Tokyo' }]);
    expect(await query(db, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(db, 'SELECT * FROM town')).toEqual([]);
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
      'left 1 connection open to its database (of "shop", idle, its last statement: SELECT 41 + 1); end it where it was made, in the test or in the app under test: await client.end()',
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

  test('of more than may be left in use, those that leave one more fail, their connections are ended, and no other test pays', async () => {
    const pool = databases({ diagnostics: 'event' });
    const broken: number[] = [];
    const clients: pg.Client[] = [];
    const errors: string[] = [];
    const forgetful = async (number: number) => {
      const db = await pool.register(heldBy(number));
      const client = new pg.Client(db.opened);
      client.on('error', () => broken.push(number));
      await client.connect();
      clients.push(client);
      return db;
    };
    for (let number = 0; number < mostLeft; number++) await (await forgetful(number)).unregister();
    for (let number = mostLeft; number < mostLeft + 2; number++) {
      const { message } = await failure((await forgetful(number)).unregister(), 'SESSION_DIAGNOSTICS');
      errors.push(message);
      await expect.poll(() => broken.at(-1)).toBe(number);
    }
    expect(new Set(broken).size).toBe(2);
    const [first = '', second = ''] = errors;
    const why = `; it was ended at the end of this test, and the test fails, because ${mostLeft} databases of earlier tests stay for such connections already`;
    expect(first).toContain(
      'left 1 connection open to its database (idle, it has asked nothing); end it where it was made, in the test or in the app under test: await client.end()',
    );
    expect(first).toContain(why);
    const names = Array.from({ length: 5 }, (_, number) => `test "number ${number}" \\(\\S+:\\d+:\\d+\\)`).join(', ');
    expect(first).toMatch(new RegExp(`\n {2}those are of: ${names}, and ${mostLeft - 5} more$`));
    // The list comes once.
    expect(second).toContain(why);
    expect(second).not.toContain('those are of');
    const next = await pool.register();
    expect(await databaseNames(next)).toHaveLength(mostLeft + 1);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
    // One that goes makes room.
    await clients[0]?.end();
    await next.unregister();
    await (await forgetful(0)).unregister();
    await Promise.all(clients.map((client) => client.end()));
  });

  test('tests that had their databases before as many were left stay out of it', async () => {
    const pool = databases({ diagnostics: 'event' });
    const left = await Promise.all(Array.from({ length: mostLeft + 2 }, () => pool.register()));
    const broken: Error[] = [];
    const clients = left.map(({ opened }) => new pg.Client(opened).on('error', (error) => broken.push(error)));
    await Promise.all(clients.map((client) => client.connect()));
    await Promise.all(left.map((db) => db.unregister()));
    const next = await pool.register();
    expect(await databaseNames(next)).toHaveLength(mostLeft + 3);
    expect(await query(next, 'SELECT * FROM note')).toEqual([]);
    expect(broken).toEqual([]);
    await Promise.all(clients.map((client) => client.end()));
    await next.unregister();
    expect(await databaseNames(await pool.register())).toHaveLength(1);
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
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  });

  test('by default two are there before a test asks for them', async () => {
    const pool = databases({ warm: postgres().warm ?? 0 });
    const db = await pool.register();
    await vi.waitFor(async () => expect(await databaseNames(db)).toEqual(['test_s1', 'test_s2', 'test_s3']), 20_000);
    expect((await pool.register()).opened.database).toBe('test_s2');
  });

  test('a database that refuses to be dropped costs its slot, says so, and no other test', async () => {
    const pool = databases({ maxSessions: 4 });
    const db = await pool.register();
    await query(db, subscribe);
    const error = await failure(db.unregister(), 'SESSION_FAILED');
    expect(error.message).toContain('is being used by logical replication subscription');
    const next = await pool.register();
    expect(await query(next, 'SELECT * FROM note')).toEqual([]);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 1 });
  });

  test('one that a test has made a template is dropped, at its end or when its last connection has gone', async () => {
    const pool = databases({ diagnostics: 'event' });
    const other = await pool.register();
    const [ended, left] = await Promise.all([pool.register(), pool.register()]);
    for (const db of [ended, left]) await query(db, `ALTER DATABASE ${db.opened.database} IS_TEMPLATE true`);
    await ended.unregister();
    expect(await databaseNames(other)).toEqual(['test_s1', left.opened.database]);
    const client = new pg.Client(left.opened);
    await client.connect();
    await left.unregister();
    await client.end();
    await (await pool.register()).unregister();
    expect(await databaseNames(other)).toEqual(['test_s1']);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('one of an earlier test that refuses is told once, with that test, is tried again, and costs no other', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    const pool = databases({ diagnostics: 'event' });
    const other = await pool.register();
    const left = await pool.register(heldBy(1));
    const also = await pool.register(heldBy(2));
    await query(left, subscribe);
    const clients = [left, also].map(({ opened }) => new pg.Client(opened));
    for (const client of clients) await client.connect();
    await Promise.all([left.unregister(), also.unregister()]);
    await Promise.all(clients.map((client) => client.end()));
    for (let number = 3; number < 5; number++) await (await pool.register(heldBy(number))).unregister();
    expect(await databaseNames(other)).toEqual(['test_s1', 'test_s2']);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^@carpool\/postgres: test "number 1" \(\S+\) left its database test_s2, which cannot be dropped: .*subscription/,
        ),
      ],
    ]);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
    await query(left, 'DROP SUBSCRIPTION news');
    await (await pool.register()).unregister();
    expect(await databaseNames(other)).toEqual(['test_s1']);
  });

  test('32 sessions at once for each server unless the options say otherwise, and two servers are two', async () => {
    const sizes = (some: PostgresOptions) => {
      const { maxSessions, warm } = postgres(some);
      return { maxSessions, warm };
    };
    expect(sizes({})).toEqual({ maxSessions: 32, warm: 2 });
    expect(sizes({ maxSessions: 1 })).toEqual({ maxSessions: 1, warm: 1 });
    expect(sizes({ sessionsPerChild: 3 })).toEqual({ maxSessions: 3, warm: 2 });
    expect(sizes({ children: 4, sessionsPerChild: 1 })).toEqual({ maxSessions: 4, warm: 0 });
    const pool = databases({ children: 2, warm: postgres({ children: 2 }).warm ?? 0 });
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    expect(one.opened.host).not.toBe(two.opened.host);
    await query(one, 'DROP TABLE note');
    expect(await query(two, 'SELECT * FROM note')).toEqual([]);
    expect(pool.stats()).toMatchObject({ children: 2, running: 2, maxSessions: 64 });
  });
});
