/** Clients that a test has left: they are reported, and neither break their process nor reach another test. */
import { createClient } from '@redis/client';
import type { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mostLeft } from '../src/left-open.ts';
import { censusOf } from './support/census.ts';
import { ask, connected, failure, keyspaces, type KeyspacePool } from './support/pools.ts';
import { binary, reason } from './support/servers.ts';

/** A server has at least 16 numbered databases; of these, number 0 belongs to no test. */
const databases = 16;
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
      /\(of "shop", idle for \d+ s, its last command: SET\); end the client: client\.disconnect\(\)/,
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
    expect(await census()).toMatchObject({ users: ['test-s1', 'test-s2'], connected: ['test-s2'], keys: {} });
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

  test('of many none is ended: no test gets a user before one has gone', async () => {
    const pool = keyspaces({ maxSessions: mostLeft + 3 });
    const other = await pool.register();
    const census = await censusOf(other);
    const holder = (number: number) => ({ test: `number ${number}`, file: 'a.test.ts' });
    const left = await Promise.all(
      Array.from({ length: mostLeft + 2 }, (_, number) => pool.register({ holder: holder(number) })),
    );
    const broken: unknown[] = [];
    const clients: Redis[] = [];
    for (const one of left) {
      const client = await connected(one);
      client.on('error', (error) => broken.push(error)).on('close', () => broken.push('closed'));
      clients.push(client);
    }
    await Promise.all(left.map((one) => one.unregister()));
    const { message } = await failure(pool.register(), 'SESSION_FAILED');
    expect(message).toContain(
      `Cannot register a session of "pool": ${mostLeft + 2} users of Redis stay, because their tests`,
    );
    for (let number = 0; number < mostLeft + 2; number++)
      expect(message).toContain(`test "number ${number}" (${import.meta.filename}:`);
    expect(message).toContain('End the client in each of these tests: client.disconnect() of ioredis');
    expect(broken).toEqual([]);
    for (const client of clients.splice(0, 2)) client.disconnect();
    await ask(await pool.register(), 'SET', 'a', 'b');
    expect((await census()).connected).toHaveLength(mostLeft);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0, diagnosed: mostLeft + 2 });
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
