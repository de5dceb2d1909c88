/** Clients that a test has left: they are reported, and neither break their process nor reach another test. */
import { createClient } from '@redis/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mostInUse } from '../src/keyspaces.ts';
import { censusOf } from './support/census.ts';
import { ask, connected, failure, keyspaces } from './support/pools.ts';
import { binary, reason } from './support/servers.ts';

describe.skipIf(binary === undefined)(`left open${reason}`, () => {
  test.each([
    ['idle', ['SET', 'a', 'b'], /of "shop", idle for \d+ s, its last command: SET/],
    ['blocked', ['BLPOP', 'queue', '0'], /of "shop", blocked in BLPOP/],
    ['subscribed', ['SUBSCRIBE', 's2:news'], /of "shop", subscribed to 1 channel/],
    ['in a transaction', ['MULTI'], /of "shop", in a transaction, its last command: MULTI/],
    ['watching', ['WATCH', 'a'], /of "shop", idle for \d+ s, its last command: WATCH/],
  ] as const)('a connection that is %s', async (_, [command, ...args], described) => {
    const pool = keyspaces({ diagnostics: 'fail' });
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
    expect(message).toContain('1 connection to Redis left open: ');
    expect(message).toMatch(described);
    // Its keys are gone, and it lives on, in a database that no other test gets.
    expect(await census()).toMatchObject({ users: ['test-s1', 'test-s2'], connected: ['test-s2'], keys: {} });
    expect(broken).toEqual([]);
    const next = await pool.register();
    expect(next.opened.db).not.toBe(one.opened.db);
    client.destroy();
    await expect.poll(async () => (await census()).connected).toEqual([]);
    await next.unregister();
    expect((await census()).users).toEqual(['test-s1']);
  });

  test('of many the oldest goes, with its connection', async () => {
    const pool = keyspaces({ maxSessions: 12, diagnostics: 'fail' });
    const other = await pool.register();
    const census = await censusOf(other);
    const left = await Promise.all(Array.from({ length: mostInUse + 1 }, () => pool.register()));
    for (const one of left) await connected(one);
    for (const one of left) await failure(one.unregister(), 'SESSION_DIAGNOSTICS');
    const { users, connected: there } = await census();
    expect(users).toHaveLength(1 + mostInUse);
    const [oldest] = left;
    for (const names of [users, there]) expect(names).not.toContain(oldest?.opened.username);
    expect(pool.stats()).toMatchObject({ quarantined: 0 });
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
