/** The databases of the tests, on one server: each a copy of the template. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, isUnreachable, ownName, type Row } from './client.ts';
import { superuser, type Cluster } from './cluster.ts';
import { describeLeft, LeftOpen, type Fault } from './left-open.ts';
import { forgetSharedMemory } from './shared-memory.ts';
import { makeTemplate, templateName } from './template.ts';
import type { PostgresDatabase } from './types.ts';

/** Milliseconds in which a connection that its client has just closed is gone, on a busy machine too. */
const leaveTimeout = 500;
/** The same, where the test waits for it and may fail with it: only one that has left something waits for so long. */
const awaitedLeaveTimeout = 2_000;
/** Milliseconds in which the pool notices the end of the server, on a busy machine too. */
const noticeTimeout = 3_000;
const isClient = `backend_type = 'client backend' AND application_name <> '${ownName}'`;

/** The end of a session. */
export interface Ending {
  /** What names its test. */
  readonly holder: string;
  /** Its test waits for it. */
  readonly isAwaited: boolean;
  readonly signal: AbortSignal;
}

export class Databases {
  readonly #cluster: Cluster;
  // A drop must not wait for a copy, nor a copy for a drop.
  readonly #creating: Connection;
  readonly #dropping: Connection;
  readonly #left = new LeftOpen();

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#creating = new Connection(cluster.address);
    this.#dropping = new Connection(cluster.address);
  }

  /** On a server that is ready: makes the template, unless it came with the cluster. */
  static async on(cluster: Cluster, signal: AbortSignal): Promise<Databases> {
    const { data, password, keep } = cluster;
    await forgetSharedMemory(data);
    const databases = new Databases(cluster);
    // Now: where tests have taken all connections later, there is none for it, and another test's end would fail.
    await databases.#dropping.run('SELECT 1');
    const isNew = !cluster.hasTemplate;
    if (isNew) await databases.#keep(keep, 'cluster');
    // Each server has its own: one that came out of the cache with the cluster is replaced.
    if (password !== undefined) await databases.#creating.run(`ALTER ROLE ${superuser} PASSWORD '${password}'`);
    if (isNew) {
      await databases.#creating.run(`CREATE DATABASE ${templateName}`);
      const at = (name: string): PostgresDatabase => databases.#address(name);
      await makeTemplate(cluster, { signal, template: at(templateName) });
      await databases.#keep(keep, 'template');
    }
    return databases;
  }

  /** @param id of the session */
  create(id: string, signal: AbortSignal): Promise<PostgresDatabase> {
    return orItsEnd(this.#create(id), signal);
  }

  async #create(id: string): Promise<PostgresDatabase> {
    const database = `test_${id}`;
    // The other strategy, WAL_LOG, took three times as long: it writes each page twice. Before 15 there was but this one.
    const strategy = this.#cluster.binaries.major >= 15 ? ' STRATEGY FILE_COPY' : '';
    const statement = `CREATE DATABASE ${database} TEMPLATE ${templateName}${strategy}`;
    const again = `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`;
    await this.#creating.run(statement, { again }).catch(async (thrown: unknown) => {
      throw await withRoom(thrown, this.#cluster.data);
    });
    return this.#address(database);
  }

  /** As many as may stay in use do. */
  get isFull(): boolean {
    return this.#left.isFull;
  }

  /**
   * Drops it. One to which something is still connected stays until that has gone: to end a connection would raise an error
   * in the process that holds it, where another test runs by then; `pg` makes it an uncaught one. Where as many stay as may,
   * and its own test waits for this, the connection is ended, and that test fails: no other one pays for it.
   * @returns what was left, for diagnostics
   */
  drop(database: string, ending: Ending): Promise<readonly Fault[]> {
    return orItsEnd(this.#drop(database, ending), ending.signal);
  }

  async #drop(database: string, { holder, isAwaited }: Ending): Promise<readonly Fault[]> {
    const left = await this.#connectionsThatStay(database, isAwaited ? awaitedLeaveTimeout : leaveTimeout);
    if (left.length === 0) {
      // First: whatever becomes of those of earlier tests, its own is gone.
      await this.#forceDrop(database);
      await this.#dropFree();
      return [];
    }
    // Those that can go make room for this one.
    await this.#dropFree();
    if (!(isAwaited && this.#left.isFull)) {
      this.#left.add(database, holder);
      return [{ message: describeLeft(left), fails: false }];
    }
    await this.#forceDrop(database);
    return this.#left.tooMany(left);
  }

  /** A client is connected that is not Carpool's. Its process would break if the server ended. */
  async inUse(): Promise<boolean> {
    const statement = `SELECT 1 FROM pg_stat_activity WHERE ${isClient} LIMIT 1`;
    return !(await settled(async () => (await this.#dropping.run(statement)).length === 0));
  }

  /**
   * Those of earlier tests whose connections have gone meanwhile. It never throws: what is wrong with them is no fault of the
   * test that has just ended. One that refuses to be dropped stays, is told with its test, and is tried again.
   */
  async #dropFree(): Promise<void> {
    // Before it is asked what is in use: the answer says nothing of those that come later.
    const { names } = this.#left;
    if (names.length === 0) return;
    try {
      const rows = await this.#dropping.run(`SELECT DISTINCT datname AS name FROM pg_stat_activity WHERE ${isClient}`);
      const used = new Set(rows.map(({ name }) => name));
      for (const database of names.filter((it) => !used.has(it))) await this.#dropLeft(database);
    } catch (thrown) {
      // Where the server has ended, its pool says so.
      if (!isUnreachable(thrown)) warn(`databases of earlier tests cannot be dropped: ${(thrown as Error).message}`);
    }
  }

  async #dropLeft(database: string): Promise<void> {
    try {
      await this.#forceDrop(database);
      this.#left.delete(database);
    } catch (thrown) {
      if (isUnreachable(thrown)) throw thrown;
      const holder = this.#left.refused(database);
      if (holder !== undefined)
        warn(`${holder} left its database ${database}, which cannot be dropped: ${(thrown as Error).message}`);
    }
  }

  async #forceDrop(database: string): Promise<void> {
    const statement = `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`;
    await this.#dropping.run(statement).catch(async (thrown: unknown) => {
      if (!isOfTemplate(thrown)) throw thrown;
      // A test may make a template of its own database.
      await this.#dropping.run(`ALTER DATABASE ${database} IS_TEMPLATE false`);
      await this.#dropping.run(statement);
    });
  }

  async #connectionsThatStay(database: string, timeout: number): Promise<readonly Row[]> {
    const statement = `SELECT application_name AS name, state, query FROM pg_stat_activity WHERE datname = $1 AND ${isClient}`;
    let found: readonly Row[] = [];
    await settled(async () => {
      found = await this.#dropping.run(statement, { values: [database] });
      return found.length === 0;
    }, timeout);
    return found;
  }

  /** A snapshot of a server on which nothing happens: all of it is in its files, as after a crash. */
  async #keep(keep: Cluster['keep'], what: 'cluster' | 'template'): Promise<void> {
    if (keep === undefined) return;
    if (what === 'template' && this.#cluster.plan.templateDigest === undefined) return;
    await this.#creating.run('CHECKPOINT');
    // Without the copy, the next run makes its own.
    await keep(what).catch((thrown: Error) => warn(`the cluster is not kept: ${thrown.message}`));
  }

  #address(database: string): PostgresDatabase {
    const { address, password } = this.#cluster;
    const { host: folder, port, user } = address;
    const socketPath = `${folder}/.s.PGSQL.${port}`;
    if (password === undefined) {
      const url = `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(folder)}`;
      return { url, host: folder, port, user, database, socketPath };
    }
    const url = `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
    return { url, host: '127.0.0.1', port, user, password, database, socketPath };
  }
}

/** A database that is a template is not dropped. 42809: wrong_object_type, which a DROP DATABASE gives for nothing else. */
function isOfTemplate(thrown: unknown): boolean {
  return (thrown as { readonly code?: unknown }).code === '42809';
}

/** The host's stderr is the user's. */
function warn(message: string): void {
  console.warn(`@carpool/postgres: ${message}`);
}

/** A server takes a moment to notice that a client has gone. @returns whether it has, in time */
async function settled(gone: () => Promise<boolean>, timeout = leaveTimeout): Promise<boolean> {
  for (let waited = 0, pause = 5; ; waited += pause, pause *= 2) {
    if (await gone()) return true;
    if (waited >= timeout) return false;
    await delay(pause);
  }
}

/**
 * Where the server cannot be reached, it is ending, or has ended, and the pool learns that in a moment: then it says so, with
 * exit status and log, at the test that was using it. That is worth waiting for: "connect ENOENT" says nothing.
 */
async function orItsEnd<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    // Aborted: nothing waits for it any more, because the pool has learned it.
    if (isUnreachable(thrown)) await delay(noticeTimeout, undefined, { ref: false, signal }).catch(() => {});
    throw thrown;
  }
}

/** How full the disk is, where that may be the reason. */
async function withRoom(thrown: unknown, folder: string): Promise<unknown> {
  const { message, code } = thrown as Partial<NodeJS.ErrnoException>;
  // 53100: disk_full. A server that cannot write may fail with something else, and says so in its message.
  if (code !== '53100' && message?.includes('No space left') !== true) return thrown;
  const { bavail, blocks, bsize } = await statfs(folder);
  const mebibytes = (count: number): number => Math.floor((count * bsize) / 1024 / 1024);
  const room = `the folder of the server, ${dirname(folder)}, has ${mebibytes(bavail)} MiB free of ${mebibytes(blocks)}; each database takes 8 or more: set the option \`folder\`, or a smaller \`maxSessions\``;
  return new Error(`${message}; ${room}`, { cause: thrown });
}
