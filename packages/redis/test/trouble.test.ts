/** What ends a server, stops it, or fills it: a clear error, a new server, nothing left behind. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerMessages, Session } from 'carpool';
import type { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RedisKeyspace } from '../src/index.ts';
import { ask, connected, failure, folderOf, keyspaces, pidOf, program } from './support/pools.ts';
import { binary, reason } from './support/servers.ts';

const answerOf = (client: Redis): Promise<unknown> => client.get('a').catch((thrown: Error) => thrown.message);

type Keyspace = Session<ServerMessages<RedisKeyspace>>;

describe.skipIf(binary === undefined)(`trouble${reason}`, () => {
  test('a server that is killed in mid-test', async () => {
    const pool = keyspaces();
    const one: Keyspace = await pool.register();
    const [pid, folder] = [await pidOf(one), await folderOf(one)];
    const client = await connected(one);
    const waits = client.blpop('queue', 0);
    waits.catch(() => {});
    process.kill(pid, 'SIGKILL');
    const { by, error } = await one.closed;
    expect(by).toBe('child');
    expect(error?.message).toMatch(/killed by SIGKILL/);
    await expect(waits).rejects.toThrow(/closed/);
    const next = await pool.register();
    expect(await ask(next, 'DBSIZE')).toBe(0);
    await expect.poll(() => existsSync(folder)).toBe(false);
    expect(pool.stats()).toMatchObject({ children: 2, running: 1 });
  });

  test('a client that ends the connection of the host costs nothing', async () => {
    const pool = keyspaces({ acl: ['+client|kill'] });
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    expect(await ask(one, 'CLIENT', 'KILL', 'USER', 'carpool')).toBe(1);
    await two.unregister();
    expect(await ask(one, 'CLIENT', 'KILL', 'USER', 'carpool')).toBe(1);
    expect(await ask(await pool.register(), 'DBSIZE')).toBe(0);
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('a script without end is ended when another test begins, and one that has written costs the server', async () => {
    const pool = keyspaces({ config: { 'lua-time-limit': 100 } });
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    const [looping, beside] = await Promise.all([connected(one), connected(two)]);
    const script = looping.eval('while true do end', 0);
    script.catch(() => {});
    // Whatever others ask meanwhile is answered so, once the time is over.
    await expect.poll(() => answerOf(beside)).toContain('BUSY Redis is busy running a script');
    const next = await pool.register();
    await expect(script).rejects.toThrow('Script killed by user with SCRIPT KILL');
    expect(await beside.get('a')).toBeNull();
    expect(pool.stats()).toMatchObject({ children: 1 });

    const written = looping.eval("redis.call('SET', 'a', 'b') while true do end", 0);
    written.catch(() => {});
    await expect.poll(() => answerOf(beside)).toContain('BUSY');
    const { message } = await failure(next.unregister(), 'SESSION_FAILED');
    expect(message).toContain('a script that has written runs without end');
    expect(await two.closed).toMatchObject({ by: 'child', error: { code: 'CHILD_SILENT' } });
    expect(await ask(await pool.register(), 'DBSIZE')).toBe(0);
    expect(pool.stats()).toMatchObject({ children: 2 });
  });

  test('a server that answers nothing any more is replaced', async () => {
    const pool = keyspaces({ closeTimeout: 300, probeTimeout: 300, stopTimeout: 100 });
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    process.kill(await pidOf(one), 'SIGSTOP');
    await failure(one.unregister(), 'REQUEST_TIMEOUT');
    expect(await two.closed).toMatchObject({ by: 'child', error: { code: 'CHILD_SILENT' } });
    expect(await ask(await pool.register(), 'DBSIZE')).toBe(0);
    expect(pool.stats()).toMatchObject({ children: 2, running: 1 });
  });

  test('a test that fills the memory costs no later test', async () => {
    const pool = keyspaces({ config: { maxmemory: '3mb' } });
    const one = await pool.register();
    const client = await connected(one);
    const fill = async (): Promise<void> => {
      for (let count = 0; ; count++) await client.set(`key-${count}`, 'x'.repeat(100_000));
    };
    await expect(fill()).rejects.toThrow("OOM command not allowed when used memory > 'maxmemory'");
    await client.quit();
    await one.unregister();
    const next = await pool.register();
    expect(await ask(next, 'SET', 'a', 'b')).toBe('OK');
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('its port is taken by another program before it listens: it is started on another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redis-port-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync('mkfifo', [join(folder, 'go')]);
    const real = binary?.path ?? '';
    const waits = `grep '^port ' "$1" >${folder}/part; mv ${folder}/part ${folder}/port; read go <${folder}/go`;
    const path = program(`if [ -e "$1" ] && [ ! -e ${folder}/port ]; then ${waits}; fi; exec ${real} "$1"`);
    const registering = keyspaces({ binary: path }).register();
    await vi.waitFor(() => readFileSync(join(folder, 'port')), 20_000);
    const port = Number(readFileSync(join(folder, 'port'), 'utf8').split(' ')[1]);
    const squatter = createServer();
    onTestFinished(() => void squatter.close());
    await new Promise<void>((resolve) => void squatter.listen(port, '127.0.0.1', resolve));
    writeFileSync(join(folder, 'go'), 'go\n');
    const one = await registering;
    expect(one.opened.port).not.toBe(port);
    expect(await ask(one, 'PING')).toBe('PONG');
  });

  test('a directive that does not exist ends the server, and its log says so', async () => {
    const error = await failure(keyspaces({ config: { nope: 1 } }).register(), 'CHILD_EXITED');
    expect(error.evidence.stderr).toContain("'nope 1'");
    expect(error.evidence.stderr).toContain('Bad directive');
  });

  test('a module that cannot be loaded, likewise', async () => {
    const error = await failure(keyspaces({ modules: ['nowhere.so x'] }).register(), 'CHILD_EXITED');
    expect(`${error.evidence.stdout} ${error.evidence.stderr}`).toContain('nowhere.so');
  });
});

test('a server that is missing, too old, or something else: what was looked at, what is there, how to get one', async () => {
  const missing = await failure(keyspaces({ binary: '/nowhere/redis-server' }).register(), 'CHILD_NOT_STARTED');
  expect(missing.message).toMatch(
    /Cannot find a server of Redis or Valkey, version 7 or newer\n {2}looked at the option `binary`, \/nowhere\/redis-server: nothing there\n {2}Get one with `apt-get install redis-server`/,
  );
  const old = program('echo "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64"');
  const tooOld = await failure(keyspaces({ binary: old }).register(), 'CHILD_NOT_STARTED');
  expect(tooOld.message).toContain(`: Redis 6.0.16, which is too old: ${old}`);
  const other = program('echo hello');
  const foreign = await failure(keyspaces({ binary: other }).register(), 'CHILD_NOT_STARTED');
  expect(foreign.message).toContain(`${other} says hello`);
});

test('a server that is never ready', async () => {
  const silent = program('if [ "$1" = --version ]; then echo "Redis server v=7.0.0"; else exec sleep 1000; fi');
  const error = await failure(keyspaces({ binary: silent, readyTimeout: 300 }).register(), 'CHILD_NOT_READY');
  expect(error.message).toMatch(/was not ready within 300 ms: .*; the last attempt: connect ECONNREFUSED/);
});

test("a directive that is Carpool's is refused", async () => {
  const path = program('echo "Redis server v=7.0.0"');
  const error = await failure(keyspaces({ binary: path, config: { port: 6379 } }).register(), 'CONFIG_INVALID');
  expect(error.message).toContain('`config` of redis(): "port" is a directive that Carpool gives');
});
