/** What a session has for itself on a real server, and what is left of it. */
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { redis } from '../src/index.ts';
import { censusOf } from './support/census.ts';
import { ask, connected, failure, keyspaces, pidOf } from './support/pools.ts';
import { binary, reason } from './support/servers.ts';

const refused = /^NOPERM/;

describe.skipIf(binary === undefined)(`keyspaces${reason}`, () => {
  test('each session has a database for itself, with names as they are', async () => {
    const pool = keyspaces();
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    await ask(one, 'SET', 'cart', 'pear');
    await ask(two, 'SET', 'cart', 'plum');
    expect(await ask(one, 'GET', 'cart')).toBe('pear');
    expect(await ask(one, 'KEYS', '*')).toEqual(['cart']);
    expect(await ask(one, 'DBSIZE')).toBe(1);
    await ask(one, 'FLUSHDB');
    expect(await ask(two, 'GET', 'cart')).toBe('plum');
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('`opened` is enough for ioredis and node-redis, and its URL alone', async () => {
    const { opened } = await keyspaces().register();
    await ask({ opened }, 'SET', 'who', 'me');
    const byUrl = new Redis(opened.url);
    expect(await byUrl.get('who')).toBe('me');
    await byUrl.quit();
    const nodeRedis = await createClient({ url: opened.url }).connect();
    expect(await nodeRedis.get('who')).toBe('me');
    await nodeRedis.close();
  });

  test('with `prefix`, each session has the keys that begin with its own', async () => {
    const pool = keyspaces({ isolation: 'prefix' });
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    const census = await censusOf(two);
    const [a, b] = await Promise.all([connected(one), connected(two)]);
    await a.set('cart', 'pear');
    await b.set('cart', 'plum');
    expect([await a.get('cart'), await b.get('cart')]).toEqual(['pear', 'plum']);
    const free = await connected(one, { keyPrefix: '' });
    await expect(free.get(`${two.opened.keyPrefix}cart`)).rejects.toThrow(refused);
    await expect(free.set('cart', 'fig')).rejects.toThrow(refused);
    for (const command of ['FLUSHDB', 'DBSIZE', 'RANDOMKEY']) await expect(free.call(command)).rejects.toThrow(refused);
    await expect(free.select(1)).rejects.toThrow(refused);
    // Steps of 1,000.
    await a.mset(Object.fromEntries(Array.from({ length: 2_500 }, (_, number) => [`many-${number}`, 'x'])));
    await Promise.all([a.quit(), free.quit()]);
    await one.unregister();
    expect(await census()).toMatchObject({ users: ['test-s2'], keys: { 0: 1 } });
  });

  test('keys whose names are bytes, and no text, are removed with the others', async () => {
    const pool = keyspaces({ isolation: 'prefix' });
    const [one, other] = await Promise.all([pool.register(), pool.register()]);
    const census = await censusOf(other);
    const client = await connected(one, { keyPrefix: '' });
    const named = (...bytes: number[]): Buffer => Buffer.from([...Buffer.from(one.opened.keyPrefix), ...bytes]);
    // No UTF-8; its replacement; an end of text; an end of line.
    for (const bytes of [
      [0xff, 0x01],
      [0xef, 0xbf, 0xbd, 0x01],
      [0x00, 0x61],
      [0x0d, 0x0a, 0xc3],
    ])
      await client.set(named(...bytes), 'x');
    await client.quit();
    expect((await census()).keys).toEqual({ 0: 4 });
    await one.unregister();
    expect((await census()).keys).toEqual({});
  });

  test('what belongs to another session, or to the server, is refused with the name of the command', async () => {
    const pool = keyspaces();
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    await ask(two, 'SET', 'cart', 'plum');
    const client = await connected(one);
    await client.set('cart', 'pear');
    const other = String(two.opened.db);
    const commands = [
      ['SELECT', other],
      ['EVAL', `return redis.call('SELECT', ${other})`, '0'],
      ['MOVE', 'cart', other],
      ['COPY', 'cart', 'cart', 'DB', other],
      ['SWAPDB', String(one.opened.db), other],
      ['FLUSHALL'],
      ['SHUTDOWN', 'NOSAVE'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['ACL', 'SETUSER', one.opened.username, '+@all'],
      ['CLIENT', 'KILL', 'USER', two.opened.username],
      ['CLIENT', 'PAUSE', '1000'],
      ['SCRIPT', 'FLUSH'],
      ['FUNCTION', 'FLUSH'],
      ['REPLICAOF', '127.0.0.1', '1'],
      ['MONITOR'],
      ['SAVE'],
      ['PUBLISH', 'news', 'hello'],
      ['SUBSCRIBE', `${two.opened.channelPrefix}news`],
    ] as const;
    for (const [name, ...args] of commands)
      await expect(client.call(name, ...args)).rejects.toThrow(/^NOPERM|can't run this command/);
    await expect(client.call('SHUTDOWN')).rejects.toThrow("no permissions to run the 'shutdown' command");
    expect(await ask(two, 'GET', 'cart')).toBe('plum');
    // What clients need, and what is of no harm.
    for (const [name, ...args] of [
      ['INFO'],
      ['CONFIG', 'GET', 'maxmemory'],
      ['CLIENT', 'ID'],
      ['ACL', 'WHOAMI'],
    ] as const)
      await client.call(name, ...args);
  });

  test('channels with its prefix, and notifications of its own keys', async () => {
    const pool = keyspaces({ config: { 'notify-keyspace-events': 'KEA' } });
    const one = await pool.register();
    const [listener, sender] = await Promise.all([connected(one), connected(one)]);
    const { channelPrefix, db } = one.opened;
    const heard: string[][] = [];
    listener.on('message', (...message: string[]) => heard.push(message));
    await listener.subscribe(`${channelPrefix}news`, `__keyspace@${db}__:cart`);
    await sender.publish(`${channelPrefix}news`, 'hello');
    await sender.set('cart', 'pear');
    await expect
      .poll(() => heard)
      .toEqual([
        [`${channelPrefix}news`, 'hello'],
        [`__keyspace@${db}__:cart`, 'set'],
      ]);
  });

  test('a session that has its server alone may use all of it, and the next one finds none of that', async () => {
    const pool = keyspaces({ children: 1, sessionsPerChild: 1 });
    const one = await pool.register();
    expect(one.opened).toMatchObject({ db: 0, channelPrefix: '' });
    const client = await connected(one);
    const library = "#!lua name=shop\nredis.register_function('two', function() return 2 end)";
    await client.call('FUNCTION', 'LOAD', library);
    expect(await client.call('FCALL', 'two', '0')).toBe(2);
    const script = String(await client.script('LOAD', 'return 3'));
    await client.psubscribe('news.*');
    await client.punsubscribe();
    await client.flushall();
    await client.set('a', 'b');
    await client.copy('a', 'a', 'DB', 15);
    await client.quit();
    await one.unregister();
    const two = await pool.register();
    expect(two.opened.db).toBe(0);
    expect(await ask(two, 'FUNCTION', 'LIST')).toEqual([]);
    expect(await ask(two, 'SCRIPT', 'EXISTS', script)).toEqual([0]);
    expect(await ask(two, 'INFO', 'keyspace')).not.toContain('keys=');
    await expect(ask(two, 'SHUTDOWN')).rejects.toThrow(refused);
    expect(pool.stats()).toMatchObject({ children: 1 });
  });

  test('`acl` adds what a program needs; a rule that there is not is named', async () => {
    const pool = keyspaces({ acl: ['+client|list', '-eval', '&*'] });
    const one = await pool.register();
    expect(await ask(one, 'PUBLISH', 'news', 'hello')).toBe(0);
    expect(await ask(one, 'CLIENT', 'LIST')).toContain(one.opened.username);
    await expect(ask(one, 'EVAL', 'return 1', '0')).rejects.toThrow(refused);
    const error = await failure(keyspaces({ acl: ['+nope'] }).register(), 'SESSION_FAILED');
    expect(error.message).toMatch(/Error in ACL SETUSER modifier '\+nope'.*; the option `acl` is: \+nope/);
  });

  test('200 sessions leave no key, no user and no connection', async () => {
    const pool = keyspaces({ maxSessions: 8 });
    const last = await pool.register();
    const census = await censusOf(last);
    const cycle = async (): Promise<void> => {
      const one = await pool.register();
      const client = await connected(one);
      expect(await client.dbsize()).toBe(0);
      await client.set('cart', 'pear');
      await client.quit();
      await one.unregister();
    };
    const lane = async (): Promise<void> => {
      for (let count = 0; count < 50; count++) await cycle();
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    expect(await census()).toEqual({ users: ['test-s1'], connected: [], keys: {} });
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test.each(['database', 'prefix'] as const)('50 sessions leave a clean log: %s', async (isolation) => {
    const pool = keyspaces({ isolation, acl: ['-getex', '+getex|ex'] });
    const last = await pool.register();
    for (let count = 0; count < 50; count++) await (await pool.register()).unregister();
    // What Redis prints when it has ended comes after all that it has logged of sessions.
    process.kill(await pidOf(last), 'SIGKILL');
    const { error } = await last.closed;
    const log = error?.evidence.stdout ?? '';
    expect(log).toContain('Ready to accept connections');
    expect(log).not.toContain('+select|');
    // A rule of the config is its writer's.
    expect(log).toContain('offender: +getex|ex');
  });

  test('as many sessions at once as the options say, each with a database, and two servers are two', async () => {
    expect(redis().maxSessions).toBe(64);
    expect(redis({ sessionsPerChild: 3 }).maxSessions).toBe(3);
    const pool = keyspaces({ maxSessions: 20 });
    const all = await Promise.all(Array.from({ length: 20 }, () => pool.register()));
    await Promise.all(all.map((one) => ask(one, 'SET', 'a', 'b')));
    expect(new Set(all.map(({ opened }) => opened.db)).size).toBe(20);
    const servers = keyspaces({ children: 2 });
    const [one, two] = await Promise.all([servers.register(), servers.register()]);
    expect(one.opened.port).not.toBe(two.opened.port);
    await ask(one, 'SET', 'a', 'b');
    expect(await ask(two, 'GET', 'a')).toBeNull();
    expect(servers.stats()).toMatchObject({ children: 2, running: 2, maxSessions: 128 });
  });
});
