/** The pool that the checks of a group share. A check that leaves it other than it found it costs the next one a start. */
import { createPool } from '../../pool/create-pool.ts';
import type { PoolOptions } from '../../pool/options.ts';
import type { Pool, PoolStats } from '../../pool/types.ts';
import type { Messages } from '../../protocol/protocol.ts';
import type { Session } from '../../session/types.ts';
import { poolOptionsOf, type CheckedPool, type Known, type ProtocolSubject } from './subject.ts';

export class SharedPool implements CheckedPool {
  readonly known: Known = {};
  readonly #subject: ProtocolSubject;
  readonly #options: Partial<PoolOptions<Messages>>;
  /** A process that does not start fails every check of the group, and is not waited for again. */
  #starting: Promise<Pool<Messages>> | undefined;
  #pool: Pool<Messages> | undefined;
  #before: PoolStats | undefined;
  readonly #sessions: Session<Messages>[] = [];

  /** @param options win over those of the subject */
  constructor(subject: ProtocolSubject, options: Partial<PoolOptions<Messages>>) {
    this.#subject = subject;
    this.#options = options;
  }

  async register(): Promise<Session<Messages>> {
    const pool = await (this.#starting ??= this.#start());
    const session = await pool.register({ params: this.#subject.params });
    this.#sessions.push(session);
    return session;
  }

  stats(): PoolStats {
    if (this.#pool === undefined)
      throw new Error('A check has asked for the state of a pool in which it has no session');
    const now = this.#pool.stats();
    const before = this.#before ?? { children: 0, running: 0, failures: 0, strays: 0 };
    const strays = now.strays - before.strays;
    return {
      ...now,
      // One that runs already when the check begins is among those that it needs.
      children: now.children - before.children + before.running,
      failures: now.failures - before.failures,
      strays,
      lastStrays: strays === 0 ? [] : now.lastStrays.slice(-strays),
    };
  }

  /** After each check: ends what it has registered. @param failed the process may be in any state */
  async settle(failed: boolean): Promise<void> {
    const sessions = this.#sessions.splice(0);
    // How sessions end is looked at by checks of its own.
    await Promise.allSettled(sessions.map((session) => session[Symbol.asyncDispose]()));
    const stats = this.#pool?.stats();
    this.#before = stats;
    if (failed || (stats !== undefined && stats.open + stats.quarantined > 0)) await this.close();
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    if (pool === undefined) return;
    this.#starting = undefined;
    this.#pool = undefined;
    this.#before = undefined;
    await pool.close();
  }

  async #start(): Promise<Pool<Messages>> {
    const pool = createPool<Messages>({ ...poolOptionsOf(this.#subject), ...this.#options });
    const began = performance.now();
    try {
      await pool.start();
    } catch (thrown) {
      await pool.close();
      throw thrown;
    }
    this.known.start ??= performance.now() - began;
    this.#pool = pool;
    return pool;
  }
}
