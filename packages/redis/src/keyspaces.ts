/** What the sessions of one server have for themselves: a user each, and a database or a prefix. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { accessRules, noAccess } from './access.ts';
import type { Admin } from './admin.ts';
import { clientsOf, usersIn, type ListedClient } from './client-list.ts';
import { ConnectionEnded } from './connection.ts';
import { clearDatabase, clearPrefix, clearServer, untilFreed } from './clear.ts';
import { describeLeft, LeftOpen, type Fault, type Left } from './left-open.ts';
import type { RedisIsolation, RedisKeyspace } from './types.ts';

/** Milliseconds in which a connection that its client has just closed is gone, on a busy machine too. */
const leaveTimeout = 500;
/** The same, where the test waits for it and may fail with it: only one that has left something waits for so long. */
const awaitedLeaveTimeout = 2_000;
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

/** The end of a session. */
export interface Ending {
  /** What names its test. */
  readonly holder: string;
  /** Its test waits for it. */
  readonly isAwaited: boolean;
  readonly signal: AbortSignal;
}

export class Keyspaces {
  readonly #admin: Admin;
  readonly #options: KeyspaceOptions;
  readonly #free: number[];
  readonly #left = new LeftOpen();
  /**
   * What names their tests, by the names of users that are connected and may do nothing. Each costs the server a connection,
   * of which it allows 10,000.
   */
  readonly #powerless = new Map<string, string>();
  /** Of these and those that are left: could not be removed so far. */
  readonly #told = new Set<string>();

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

  /** As many as may stay in use do. */
  get isFull(): boolean {
    return this.#left.isFull;
  }

  /**
   * Removes the user, and all keys. A user that is still connected stays until that has ended: to end a connection makes
   * ioredis connect again without end, and node-redis raise an error that nothing catches, in a process where another test
   * runs by now. Where as many stay as may, and its own test waits for this, that test fails, and the user may do nothing
   * any more: its database can be another one's.
   * @returns what was left, for diagnostics
   */
  drop(keyspace: RedisKeyspace, ending: Ending): Promise<readonly Fault[]> {
    return orItsEnd(this.#drop(keyspace, ending), ending.signal);
  }

  async #drop(keyspace: RedisKeyspace, { holder, isAwaited }: Ending): Promise<readonly Fault[]> {
    const left = await this.#connectionsThatStay(keyspace.username, isAwaited ? awaitedLeaveTimeout : leaveTimeout);
    if (left.length === 0) {
      // First: whatever becomes of those of earlier tests, its own is gone.
      const found = await this.#remove(keyspace);
      return warnings([...found, ...(await this.#removeFree())]);
    }
    // Those that can go make room for this one.
    const found = await this.#removeFree();
    if (!(isAwaited && this.#left.isFull)) {
      this.#left.add({ keyspace, holder });
      return warnings([describeLeft(left), ...found, ...(await this.#clear(keyspace))]);
    }
    const faults = this.#left.tooMany(left);
    return [...faults, ...warnings([...found, ...(await this.#disempower(keyspace, holder))])];
  }

  async #disempower(keyspace: RedisKeyspace, holder: string): Promise<string[]> {
    const { username } = keyspace;
    await this.#admin.run('ACL', 'SETUSER', username, ...noAccess);
    this.#powerless.set(username, holder);
    // Such a command was allowed when it began, and would take what another test gives.
    for (const { id, blocked } of clientsOf(username, await this.#clientList()))
      if (blocked) await this.#admin.run('CLIENT', 'UNBLOCK', id, 'ERROR');
    const found = await this.#clear(keyspace);
    this.#giveNumber(keyspace.db);
    return found;
  }

  /** A client of a test is connected. Its process would break, or connect again without end, if the server ended. */
  async inUse(): Promise<boolean> {
    const ofTest = (user: string): boolean => user.startsWith(userPrefix);
    return !(await settled(async () => !usersIn(await this.#clientList()).some(ofTest)));
  }

  /**
   * Removes users of earlier tests whose connections have gone meanwhile. It never throws: what is wrong with them is no fault
   * of the test that has just ended. One that cannot be removed stays, is told with its test, and is tried again.
   * @returns what is wrong with keys of no session
   */
  async #removeFree(): Promise<string[]> {
    const found: string[] = [];
    // Before the list is asked for: it says nothing of those that come later.
    const [all, powerless] = [this.#left.all, [...this.#powerless]];
    if (all.length + powerless.length === 0) return found;
    try {
      const connected = new Set(usersIn(await this.#clientList()));
      for (const left of all) {
        // Tests end beside each other: one of them takes it, and gives its number back once.
        const isOwn = !connected.has(left.keyspace.username) && this.#left.delete(left);
        if (isOwn) found.push(...(await this.#removeLeft(left)));
      }
      for (const [user, holder] of powerless) if (!connected.has(user)) await this.#removePowerless(user, holder);
    } catch (thrown) {
      // Where the server has ended, its pool says so.
      if (!(thrown instanceof ConnectionEnded))
        warn(`users of earlier tests cannot be removed: ${(thrown as Error).message}`);
    }
    return found;
  }

  async #removeLeft(left: Left): Promise<string[]> {
    try {
      return await this.#remove(left.keyspace);
    } catch (thrown) {
      this.#left.add(left);
      this.#stays(left.keyspace.username, left.holder, thrown);
      return [];
    }
  }

  async #removePowerless(user: string, holder: string): Promise<void> {
    try {
      await this.#admin.run('ACL', 'DELUSER', user);
      this.#powerless.delete(user);
      this.#told.delete(user);
    } catch (thrown) {
      this.#stays(user, holder, thrown);
    }
  }

  /** @throws ConnectionEnded: no other can be removed either */
  #stays(user: string, holder: string, thrown: unknown): void {
    if (thrown instanceof ConnectionEnded) throw thrown;
    if (this.#told.has(user)) return;
    this.#told.add(user);
    warn(`${holder} left its user ${user}, which cannot be removed: ${(thrown as Error).message}`);
  }

  async #remove(keyspace: RedisKeyspace): Promise<string[]> {
    // First, so that nothing writes between the last look and its end.
    await this.#admin.run('ACL', 'DELUSER', keyspace.username);
    const found = await this.#clear(keyspace);
    this.#giveNumber(keyspace.db);
    this.#told.delete(keyspace.username);
    return found;
  }

  async #clear(keyspace: RedisKeyspace): Promise<string[]> {
    const found = await this.#clearKeys(keyspace);
    await untilFreed(this.#admin);
    return found;
  }

  async #clearKeys({ db, keyPrefix }: RedisKeyspace): Promise<string[]> {
    if (this.#options.alone) await clearServer(this.#admin);
    else if (keyPrefix !== '') await clearPrefix(this.#admin, keyPrefix);
    else {
      const stray = await clearDatabase(this.#admin, db);
      if (stray !== undefined) return [stray];
    }
    return [];
  }

  async #connectionsThatStay(username: string, timeout: number): Promise<readonly ListedClient[]> {
    let found: readonly ListedClient[] = [];
    await settled(async () => {
      found = clientsOf(username, await this.#clientList());
      return found.length === 0;
    }, timeout);
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

function warnings(messages: readonly string[]): Fault[] {
  return messages.map((message) => ({ message, fails: false }));
}

/** A server takes a moment to notice that a client has gone. @returns whether it has, in time */
async function settled(gone: () => Promise<boolean>, timeout = leaveTimeout): Promise<boolean> {
  for (let waited = 0, pause = 1; ; waited += pause, pause *= 2) {
    if (await gone()) return true;
    if (waited >= timeout) return false;
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

/** The host's stderr is the user's. */
function warn(message: string): void {
  console.warn(`@carpool/redis: ${message}`);
}

/** The server names the rule that it does not take, and not where it is from. */
function withRule(thrown: unknown, acl: readonly string[]): unknown {
  if (acl.length === 0 || thrown instanceof ConnectionEnded) return thrown;
  const message = `${(thrown as Error).message}; the option \`acl\` is: ${acl.join(' ')}`;
  return new Error(message, { cause: thrown });
}
