/** Clients that a test has left: they are reported, and neither break their process nor reach another test. */
import { createClient } from '@redis/client';
import type { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mostLeft } from '../src/left-open.ts';
import { censusOf } from './support/census.ts';
import { ask, connected, failure, keyspaces, type KeyspacePool } from './support/pools.ts';
import { binary, reason } from './support/servers.ts';

/** A server has so many numbered databases; of these, number 0 belongs to no test. */
const databases = 22;
const maxSessions = 6;

/** The numbers of so many sessions, one after the other. */
async function numbersOf(pool: KeyspacePool, many: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let count = 0; count < many; count++) {
    const session = await pool.register();
    numbers.push(session.opened.db);
    await session.unregister();
  }
  return numbers;
}

describe.skipIf(binary === undefined)(`left open${reason}`, () => {
  test.each([
    [
      'idle',
      ['SET', 'a', 'b'],
      /\(of "shop", idle for \d+ s, its last command: SET\); end it where it was made, in the test or in the app under test: client\.disconnect\(\)/,
    ],
    ['blocked', ['BLPOP', 'queue', '0'], /of "shop", blocked in BLPOP/],
    ['subscribed', ['SUBSCRIBE', 's2:news'], /of "shop", subscribed to 1 channel/],
    ['in a transaction', ['MULTI'], /of "shop", in a transaction, its last command: MULTI/],
    ['watching', ['WATCH', 'a'], /of "shop", idle for \d+ s, its last command: WATCH/],
  ] as const)('a connection that is %s', async (_, [command, ...args], described) => {
    const pool = keyspaces({ diagnostics: 'fail', maxSessions });
    const other = await pool.register();
    const census = await censusOf(other);
    const one = await pool.register();
    const client = createClient({ url: one.opened.url, name: 'shop', socket: { reconnectStrategy: false } });
    const broken: unknown[] = [];
    client.on('error', (error) => broken.push(error));
    onTestFinished(() => client.destroy());
    await client.connect();
    await client.sendCommand(['SET', 'a', 'b']);
    if (command === 'SUBSCRIBE') await client.subscribe('s2:news', () => {});
    // One that is blocked has no answer.
    else if (command === 'BLPOP') client.sendCommand([command, ...args]).catch(() => {});
    else await client.sendCommand([command, ...args]);

    const { message } = await failure(one.unregister(), 'SESSION_DIAGNOSTICS');
    expect(message).toContain('left 1 connection open to Redis (');
    expect(message).toMatch(described);
    // Its keys are gone, and it lives on, in a database that no other test gets.
    expect(await census()).toEqual({ users: ['test-s1', 'test-s2'], connected: ['test-s2'], keys: {} });
    expect(broken).toEqual([]);
    // Twice as many as there are, all but that one and the other's.
    const given = await numbersOf(pool, 2 * (databases - 3));
    expect(new Set(given).size).toBe(databases - 3);
    expect(given).not.toContain(one.opened.db);
    client.destroy();
    await expect.poll(async () => (await census()).connected).toEqual([]);
    // Its end frees what has been left.
    await (await pool.register()).unregister();
    expect((await census()).users).toEqual(['test-s1']);
    expect(await numbersOf(pool, databases - 2)).toContain(one.opened.db);
  });

  test('of more than may stay, those that leave one more fail, no connection is ended, and no other test pays', async () => {
    const pool = keyspaces({ diagnostics: 'event', maxSessions: mostLeft });
    const other = await pool.register();
    const census = await censusOf(other);
    const broken: unknown[] = [];
    const clients: Redis[] = [];
    const forgetful = async (number: number) => {
      const one = await pool.register({ holder: { test: `number ${number}`, file: 'a.test.ts' } });
      const client = await connected(one);
      client.on('error', (error) => broken.push(error)).on('close', () => broken.push('closed'));
      clients.push(client);
      return { one, client };
    };
    for (let number = 0; number < mostLeft; number++) await (await forgetful(number)).one.unregister();

    const blocked = await forgetful(mostLeft);
    const waits = blocked.client.blpop('queue', 0);
    waits.catch(() => {});
    const idle = await forgetful(mostLeft + 1);
    await idle.client.multi({ pipeline: false });
    await idle.client.set('a', 'of the other');
    const first = (await failure(blocked.one.unregister(), 'SESSION_DIAGNOSTICS')).message;
    const second = (await failure(idle.one.unregister(), 'SESSION_DIAGNOSTICS')).message;
    const why = `its user may do nothing any more, and the test fails, because those of ${mostLeft} earlier tests stay for such connections already`;
    expect(first).toContain(
      'left 1 connection open to Redis (blocked in BLPOP); end it where it was made, in the test or in the app under test: client.disconnect()',
    );
    expect(first).toContain(why);
    const names = Array.from({ length: 5 }, (_, number) => `test "number ${number}" \\(\\S+:\\d+:\\d+\\)`).join(', ');
    expect(first).toMatch(new RegExp(`\n {2}those are of: ${names}, and ${mostLeft - 5} more$`));
    // The list comes once.
    expect(second).toContain(why);
    expect(second).not.toContain('those are of');
    await expect(waits).rejects.toThrow(/UNBLOCKED|NOPERM/);
    await expect(idle.client.exec()).rejects.toThrow(/NOPERM|EXECABORT/);
    await expect(idle.client.set('a', 'b')).rejects.toThrow('NOPERM');
    expect(await idle.client.ping()).toBe('PONG');
    expect(broken).toEqual([]);
    expect((await census()).keys).toEqual({});

    // Their databases are those of other tests, which they do not reach.
    const numbers = await numbersOf(pool, 2 * databases);
    expect(numbers).toEqual(expect.arrayContaining([blocked.one.opened.db, idle.one.opened.db]));
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
    for (const client of clients) client.disconnect();
    await expect.poll(async () => (await census()).connected).toEqual([]);
    await (await pool.register()).unregister();
    expect((await census()).users).toEqual(['test-s1']);
  });

  test('tests that end at once give the number of each earlier one back once', async () => {
    const pool = keyspaces({ diagnostics: 'event', maxSessions });
    const other = await pool.register();
    const census = await censusOf(other);
    const left = await Promise.all([pool.register(), pool.register(), pool.register()]);
    const clients = await Promise.all(left.map((one) => connected(one)));
    await Promise.all(left.map((one) => one.unregister()));
    for (const client of clients) client.disconnect();
    await expect.poll(async () => (await census()).connected).toEqual([]);
    const next = await Promise.all([pool.register(), pool.register(), pool.register()]);
    await Promise.all(next.map((one) => one.unregister()));
    expect((await census()).users).toEqual(['test-s1']);
    // Each of the others' twice.
    const all = databases - 2;
    const numbers = await numbersOf(pool, 2 * all);
    expect(new Set(numbers.slice(0, all)).size).toBe(all);
    expect(numbers.slice(all)).toEqual(numbers.slice(0, all));
  });

  test('tests that had a user before as many were left stay out of it', async () => {
    const maxSessions = mostLeft + 3;
    const pool = keyspaces({ diagnostics: 'event', maxSessions });
    const left = await Promise.all(Array.from({ length: maxSessions }, () => pool.register()));
    const clients = await Promise.all(left.map((one) => connected(one)));
    await Promise.all(left.map((one) => one.unregister()));
    // As many again, each with a database.
    const next = await Promise.all(Array.from({ length: maxSessions }, () => pool.register()));
    await Promise.all(next.map((one) => ask(one, 'SET', 'a', 'b')));
    expect(await Promise.all(clients.map((client) => client.get('a')))).toEqual(clients.map(() => null));
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('a client without the number of its database is found by what it wrote', async () => {
    const pool = keyspaces({ diagnostics: 'fail' });
    const one = await pool.register();
    const client = await connected(one, { db: 0 });
    await client.set('cart', 'pear');
    await client.quit();
    const { message } = await failure(one.unregister(), 'SESSION_DIAGNOSTICS');
    expect(message).toContain('1 key in database 0, such as "cart": a client of this test, or of one beside it, has');
    const next = await pool.register();
    await ask(next, 'SET', 'a', 'b');
    await next.unregister();
  });
});
