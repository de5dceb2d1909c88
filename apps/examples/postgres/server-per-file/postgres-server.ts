/**
 * A PostgreSQL server started by hand, as test suites do it without Carpool: initdb, start, wait, migrate, stop. It is as
 * fast as it can be with one server for each file: no `fsync`, no network, migrations once in a template.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debuglog } from 'node:util';
import { Client } from 'pg';
import { findServer, prepareFolder, user } from './binaries.ts';

export interface Connection {
  /** The folder of the socket. */
  readonly host: string;
  readonly user: string;
  readonly database: string;
}

/** Seen with `NODE_DEBUG=started`. */
const debug = debuglog('started');

const suite = join(import.meta.dirname, '..');
const settings = {
  listen_addresses: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  log_min_messages: 'panic',
} as const;

export class PostgresServer {
  readonly #folder: string;
  readonly #server: ChildProcess;
  #admin: Client | undefined;
  #count = 0;

  private constructor(folder: string, server: ChildProcess) {
    this.#folder = folder;
    this.#server = server;
  }

  static async start(): Promise<PostgresServer> {
    const began = performance.now();
    const folder = mkdtempSync(join(tmpdir(), 'pg-'));
    prepareFolder(folder);
    const { initdb, postgres } = findServer();
    const data = join(folder, 'data');
    const options = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
    const args = [
      '--username=postgres',
      '--auth=trust',
      '--no-sync',
      '--encoding=UTF8',
      '--no-locale',
      '--wal-segsize=1',
    ];
    execFileSync(initdb, [`--pgdata=${data}`, ...args], { ...options, stdio: ['ignore', 'ignore', 'inherit'] });

    const all = Object.entries({ ...settings, unix_socket_directories: folder });
    const server = spawn(postgres, ['-D', data, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      ...options,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    debug('started %d', server.pid);
    const started = new PostgresServer(folder, server);
    started.#admin = await started.#connectWhenReady();
    debug('initdb and start took %d ms', Math.round(performance.now() - began));
    return started;
  }

  async makeTemplate(): Promise<void> {
    const began = performance.now();
    await this.#admin?.query('CREATE DATABASE template');
    const client = new Client(this.#connection('template'));
    await client.connect();
    for (const file of [...globSync('migrations/*.sql', { cwd: suite }).toSorted(), 'seed.sql', 'history.sql'])
      await client.query(readFileSync(join(suite, file), 'utf8'));
    await client.end();
    debug('migrations and data took %d ms', Math.round(performance.now() - began));
  }

  async createDatabase(): Promise<Connection> {
    const database = `test_${++this.#count}`;
    await this.#admin?.query(`CREATE DATABASE ${database} TEMPLATE template STRATEGY FILE_COPY`);
    return this.#connection(database);
  }

  async dropDatabase(database: string): Promise<void> {
    await this.#admin?.query(`DROP DATABASE ${database} WITH (FORCE)`);
  }

  async stop(): Promise<void> {
    await this.#admin?.end();
    const exited = once(this.#server, 'exit');
    // What is on its disk is not needed again.
    this.#server.kill('SIGQUIT');
    await exited;
    rmSync(this.#folder, { recursive: true });
  }

  #connection(database: string): Connection {
    return { host: this.#folder, user: 'postgres', database };
  }

  async #connectWhenReady(): Promise<Client> {
    for (;;) {
      const client = new Client(this.#connection('postgres'));
      try {
        await client.connect();
        return client;
      } catch (thrown) {
        if (this.#server.exitCode !== null) throw thrown;
        await new Promise((done) => setTimeout(done, 10));
      }
    }
  }
}
