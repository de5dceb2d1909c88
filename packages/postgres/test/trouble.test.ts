/** What ends a server, or its disk: a clear error, a new server, nothing left behind. */
import { condition, linux } from '@carpool/test-harness/programs';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createPool, type CommandLookup, type Launch, type Session, type ServerMessages } from 'carpool';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { postgres, type PostgresDatabase } from '../src/index.ts';
import {
  databases,
  failure,
  isAlive,
  options,
  postmasterOf,
  query,
  segmentOf,
  segments,
  type DatabasePool,
} from './support/pools.ts';
import { reason, server } from './support/servers.ts';

type Database = Session<ServerMessages<PostgresDatabase>>;

/** The server has died under it: its folder and its processes are gone, and the next session has a new one. */
async function expectReplaced(pool: DatabasePool, db: Database, said: RegExp): Promise<void> {
  const { by, error } = await db.closed;
  expect(by).toBe('child');
  expect(error?.message).toMatch(said);
  const next = await pool.register();
  expect(dirname(next.opened.host)).not.toBe(dirname(db.opened.host));
  expect(await query(next, 'SELECT * FROM note')).toEqual([]);
  await expect.poll(() => existsSync(dirname(db.opened.host))).toBe(false);
  expect(pool.stats()).toMatchObject({ children: 2, running: 1 });
}

describe.skipIf(server === undefined)(`trouble${reason}`, () => {
  test.runIf(linux.holds)(`a server that is killed in mid-test${linux.reason}`, async () => {
    const pool = databases();
    const db = await pool.register();
    const client = new pg.Client(db.opened);
    client.on('error', () => {});
    await client.connect();
    const slow = client.query('SELECT pg_sleep(60)');
    slow.catch(() => {});
    const segment = segmentOf(db);
    expect(segments()).toContain(segment);
    process.kill(postmasterOf(db), 'SIGKILL');
    await expectReplaced(pool, db, /killed by SIGKILL/);
    await expect(slow).rejects.toThrow(/terminat/i);
    await pool.close();
    expect(segments()).not.toContain(segment);
  });

  test('a client that ends the server, as `pg_ctl stop` does', async () => {
    const pool = databases();
    const db = await pool.register();
    process.kill(postmasterOf(db), 'SIGINT');
    await expectReplaced(pool, db, /exited with code 0/);
  });

  test('a process of the server that crashes ends it, and its log says so', async () => {
    const pool = databases();
    const db = await pool.register();
    const [{ pid } = { pid: 0 }] = (await query(db, 'SELECT pid FROM pg_stat_activity LIMIT 1')) as { pid: number }[];
    process.kill(pid, 'SIGKILL');
    await expectReplaced(pool, db, /exited with code 1/);
    expect((await db.closed).error?.evidence.stderr).toContain('terminated by signal 9');
  });

  test('a client that ends all connections of the server', async () => {
    const pool = databases();
    const db = await pool.register();
    await query(db, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    const next = await pool.register();
    expect(await query(next, 'SELECT * FROM note')).toEqual([]);
    await query(db, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    await db.unregister();
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('a test that has taken all connections of the server costs no other one its end, nor its own', async () => {
    const pool = databases({ settings: { max_connections: 8, superuser_reserved_connections: 0 } });
    const [one, other] = await Promise.all([pool.register(), pool.register()]);
    const clients: pg.Client[] = [];
    const take = async (): Promise<never> => {
      for (;;) {
        const client = new pg.Client(one.opened);
        await client.connect();
        clients.push(client);
      }
    };
    await expect(take()).rejects.toMatchObject({ code: '53300' });
    await other.unregister();
    await Promise.all(clients.map((client) => client.end()));
    await one.unregister();
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0 });
  });

  test('a server that answers nothing any more is replaced', async () => {
    const pool = databases({ closeTimeout: 300, probeTimeout: 300, stopTimeout: 100 });
    const [one, two] = await Promise.all([pool.register(), pool.register()]);
    const statement = 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()';
    const others = ((await query(one, statement)) as { pid: number }[]).map(({ pid }) => pid);
    const first = postmasterOf(one);
    for (const pid of [first, ...others]) process.kill(pid, 'SIGSTOP');
    await failure(one.unregister(), 'REQUEST_TIMEOUT');
    expect(await two.closed).toMatchObject({ by: 'child', error: { code: 'CHILD_SILENT' } });
    expect(await query(await pool.register(), 'SELECT * FROM note')).toEqual([]);
    expect(pool.stats()).toMatchObject({ children: 2, running: 1 });
    await expect.poll(() => isAlive(first)).toBe(false);
    // Its processes end by themselves when it has ended; those that are stopped here, as soon as they go on.
    for (const pid of others) process.kill(pid, 'SIGCONT');
    await expect.poll(() => others.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });

  test('its port is taken by another program before it listens: it is started on another', async () => {
    const made = postgres(options({ tcp: true }));
    const squatter = createServer();
    onTestFinished(() => void squatter.close());
    const ports: (number | undefined)[] = [];
    const command = async (lookup: CommandLookup): Promise<Launch> => {
      const launch = await (made.command as (lookup: CommandLookup) => Promise<Launch>)(lookup);
      if (ports.push(lookup.port) === 1)
        await new Promise<void>((resolve) => void squatter.listen(lookup.port, '127.0.0.1', resolve));
      return launch;
    };
    await using pool = createPool({ ...made, command });
    const db = await pool.register();
    expect(db.opened.port).toBe(ports[1]);
    expect(await query(db, 'SELECT inet_server_port() AS port')).toEqual([{ port: ports[1] }]);
  });

  const disk = mountedDisk('80m');
  const small = condition(disk !== undefined, 'only root on Linux mounts a small disk');
  test.runIf(small.holds)(`a full disk fails what needs it, and says which${small.reason}`, async () => {
    await using pool = createPool(postgres(options({ folder: disk ?? '', maxSessions: 20 })));
    const open: Database[] = [];
    const fill = async (): Promise<void> => {
      for (;;) open.push(await pool.register());
    };
    const error = await failure(fill(), 'SESSION_FAILED');
    expect(error.message).toContain('No space left on device');
    expect(error.message).toMatch(/the folder of the server, \S+, has \d+ MiB free of 80/);
    // The others go on, and what is given back can be used.
    await Promise.all(open.slice(1).map((db) => db.unregister()));
    expect(await query(await pool.register(), 'SELECT * FROM note')).toEqual([]);
  });
});

/** A disk in memory, where this process may mount one. */
function mountedDisk(size: string): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || server === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'pg-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=1777`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  process.once('exit', () => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}
