/** What the sessions of one server have for themselves: a user each, and a database or a prefix. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { accessRules } from './access.ts';
import type { Admin } from './admin.ts';
import { clientsOf, usersIn, type ListedClient } from './client-list.ts';
import { ConnectionEnded } from './connection.ts';
import { clearDatabase, clearPrefix, clearServer } from './clear.ts';
import { describeLeft, LeftOpen } from './left-open.ts';
import type { RedisIsolation, RedisKeyspace } from './types.ts';

/** Milliseconds in which a connection that its client has just closed is gone, on a busy machine too. */
const leaveTimeout = 500;
/** Milliseconds in which the pool notices the end of the server, on a busy machine too. */
const noticeTimeout = 3_000;

/** How the names of users begin. */
const userPrefix = 'test-';

export interface KeyspaceOptions {
  readonly port: number;
  readonly isolation: RedisIsolation;
  /** How many there are: for the sessions that it may have at once, and those that are still in use. */
  readonly databases: number;
  /** The server has one session at a time. */
  readonly alone: boolean;
  readonly acl: readonly string[];
}

export class Keyspaces {
  readonly #admin: Admin;
  readonly #options: KeyspaceOptions;
  readonly #free: number[];
  readonly #left = new LeftOpen();

  constructor(admin: Admin, options: KeyspaceOptions) {
    this.#admin = admin;
    this.#options = options;
    const { databases, alone } = options;
    // A client that is given no number is in database 0, so among others no session has it.
    this.#free = Array.from({ length: databases }, (_, index) => index).slice(alone ? 0 : 1);
  }

  /** @param id of the session, "s1" */
  create(id: string, signal: AbortSignal): Promise<RedisKeyspace> {
    return orItsEnd(this.#create(id), signal);
  }

  async #create(id: string): Promise<RedisKeyspace> {
    const { port, isolation, alone, acl } = this.#options;
    await this.#checkLeft();
    const db = isolation === 'database' ? this.#takeNumber() : 0;
    const [username, password, prefix] = [`${userPrefix}${id}`, randomBytes(16).toString('hex'), `${id}:`];
    const rules = accessRules({ isolation, db, prefix, alone, acl });
    await this.#admin
      .run('ACL', 'SETUSER', username, 'reset', 'on', `>${password}`, ...rules)
      .catch((thrown: unknown) => {
        this.#giveNumber(db);
        throw withRule(thrown, acl);
      });
    const host = '127.0.0.1';
    return {
      url: `redis://${username}:${password}@${host}:${port}/${db}`,
      host,
      port,
      username,
      password,
      db,
      keyPrefix: isolation === 'database' ? '' : prefix,
      channelPrefix: alone ? '' : prefix,
    };
  }

  /**
   * Removes the user, and all keys. A user that is still connected stays until that has ended: to end a connection makes
   * ioredis connect again without end, and node-redis raise an error that nothing catches, in a process where another test
   * runs by now.
   * @param holder what names its test
   * @returns what was left, for diagnostics
   */
  drop(
    keyspace: RedisKeyspace,
    { holder, signal }: { readonly holder: string; readonly signal: AbortSignal },
  ): Promise<string[]> {
    return orItsEnd(this.#drop(keyspace, holder), signal);
  }

  async #drop(keyspace: RedisKeyspace, holder: string): Promise<string[]> {
    await this.#dropFree();
    const left = await this.#connectionsThatStay(keyspace.username);
    if (left.length === 0) return await this.#remove(keyspace);
    this.#left.add(keyspace, holder);
    return [describeLeft(left), ...(await this.#clear(keyspace))];
  }

  /** A client of a test is connected. Its process would break, or connect again without end, if the server ended. */
  async inUse(): Promise<boolean> {
    const ofTest = (user: string): boolean => user.startsWith(userPrefix);
    return !(await settled(async () => !usersIn(await this.#clientList()).some(ofTest)));
  }

  /** @throws if earlier tests have left too many in use: whose process would break, is not known */
  async #checkLeft(): Promise<void> {
    const enough = async (): Promise<boolean> => {
      if (this.#left.isFull) await this.#dropFree();
      return !this.#left.isFull;
    };
    if (!(await settled(enough))) throw this.#left.error();
  }

  /** Removes users of earlier tests whose connections have gone meanwhile. */
  async #dropFree(): Promise<void> {
    if (this.#left.keyspaces.length === 0) return;
    const list = await this.#clientList();
    for (const keyspace of this.#left.keyspaces)
      if (clientsOf(keyspace.username, list).length === 0) await this.#remove(keyspace);
  }

  async #remove(keyspace: RedisKeyspace): Promise<string[]> {
    this.#left.delete(keyspace);
    // First, so that nothing writes between the last look and its end.
    await this.#admin.run('ACL', 'DELUSER', keyspace.username);
    const found = await this.#clear(keyspace);
    this.#giveNumber(keyspace.db);
    return found;
  }

  async #clear({ db, keyPrefix }: RedisKeyspace): Promise<string[]> {
    if (this.#options.alone) await clearServer(this.#admin);
    else if (keyPrefix !== '') await clearPrefix(this.#admin, keyPrefix);
    else {
      const stray = await clearDatabase(this.#admin, db);
      if (stray !== undefined) return [stray];
    }
    return [];
  }

  async #connectionsThatStay(username: string): Promise<readonly ListedClient[]> {
    let found: readonly ListedClient[] = [];
    await settled(async () => {
      found = clientsOf(username, await this.#clientList());
      return found.length === 0;
    });
    return found;
  }

  async #clientList(): Promise<string> {
    return String(await this.#admin.run('CLIENT', 'LIST'));
  }

  #takeNumber(): number {
    const db = this.#free.shift();
    if (db === undefined) throw new Error('all numbers of databases are in use');
    return db;
  }

  #giveNumber(db: number): void {
    const { isolation, alone } = this.#options;
    if (isolation === 'prefix') return;
    // Alone, a session should have database 0, which programs use by default.
    if (alone) this.#free.unshift(db);
    else this.#free.push(db);
  }
}

/** A server takes a moment to notice that a client has gone. @returns whether it has, in time */
async function settled(gone: () => Promise<boolean>): Promise<boolean> {
  for (let waited = 0, pause = 1; ; waited += pause, pause *= 2) {
    if (await gone()) return true;
    if (waited >= leaveTimeout) return false;
    await delay(pause);
  }
}

/**
 * Where the server cannot be reached, it is ending, or has ended, and the pool learns that in a moment: then it says so, with
 * exit status and log, at the test that was using it. That is worth waiting for: "connect ECONNREFUSED" says nothing.
 */
async function orItsEnd<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    // Aborted: nothing waits for it any more, because the pool has learned it.
    if (thrown instanceof ConnectionEnded)
      await delay(noticeTimeout, undefined, { ref: false, signal }).catch(() => {});
    throw thrown;
  }
}

/** The server names the rule that it does not take, and not where it is from. */
function withRule(thrown: unknown, acl: readonly string[]): unknown {
  if (acl.length === 0 || thrown instanceof ConnectionEnded) return thrown;
  const message = `${(thrown as Error).message}; the option \`acl\` is: ${acl.join(' ')}`;
  return new Error(message, { cause: thrown });
}
