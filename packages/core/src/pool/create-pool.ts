/**
 * `createPool`. The pool itself is loaded when it is first used: `carpool` is loaded by every test file that imports the
 * config, and most of them make no pool.
 */
import { checkNode } from '../base/required-node.ts';
import { callSite } from '../base/errors.ts';
import { OptionNames } from '../base/option-names.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import type { Session } from '../session/types.ts';
import { createPoolNames } from './option-names.ts';
import { poolSettings, type PoolOptions, type PoolSettings } from './options.ts';
import type { ChildPool } from './pool.ts';
import type { PoolInProcess } from './transcript-in-process.ts';
import type { Pool, PoolStats, RegisterOptions } from './types.ts';

/**
 * A pool in this process. A child starts with the first `register`, or with `pool.start()`.
 * @param options Every option has a default but `command`. `name` is for errors; default "pool".
 * @throws CarpoolError CONFIG_INVALID if the options, `command` or `protocol` are of the wrong kind, if there is no such
 * codec or option, or if `maxSessions` is not `children` × `sessionsPerChild`
 * @example
 * await using pool = createPool({ command: 'solver', protocol: { close: { send: { type: 'reset' } } } });
 */
export function createPool<M extends Messages = AnyMessages>(
  options: PoolOptions<M> & { readonly name?: string | undefined },
): Pool<M> {
  checkNode();
  const settings = poolSettings(nameIn(options), options);
  createPoolNames.check(options, callSite(createPool));
  return new LazyPool<M>(settings);
}

/** Also where the options are none, as the error says. */
function nameIn(options: { readonly name?: string | undefined } | undefined): string {
  return typeof options === 'object' ? (options.name ?? 'pool') : 'pool';
}

const registerNames = new OptionNames('SESSION_MISUSED', 'register', [
  'owner',
  'wait',
  'timeout',
  'signal',
  'holder',
  'params',
]);

class LazyPool<M extends Messages> implements Pool<M> {
  readonly name: string;
  readonly #settings: PoolSettings;
  #pool: ChildPool<M> | undefined;
  #loading: Promise<ChildPool<M>> | undefined;
  #recorded: PoolInProcess | undefined;

  constructor(settings: PoolSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  async register(options: RegisterOptions<M['params']> = {}): Promise<Session<M>> {
    const site = callSite(this.register);
    registerNames.check(options, site);
    const pool = this.#pool ?? (await this.#load());
    return await pool.register(options, site);
  }

  async start(): Promise<void> {
    await (this.#pool ?? (await this.#load())).start();
  }

  stats(): PoolStats {
    return this.#pool?.stats() ?? { ...unused, name: this.name, maxSessions: this.#settings.maxSessions };
  }

  async close(): Promise<void> {
    try {
      await (this.#pool ?? (await this.#load())).close();
    } finally {
      this.#recorded?.closed();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #load(): Promise<ChildPool<M>> {
    this.#loading ??= this.#make();
    return this.#loading;
  }

  async #make(): Promise<ChildPool<M>> {
    const { ChildPool } = await import('./pool.ts');
    const wanted = (process.env['CARPOOL_TRANSCRIPT'] ?? '') !== '';
    this.#recorded = wanted ? (await import('./transcript-in-process.ts')).transcriptInProcess(this.name) : undefined;
    return (this.#pool = new ChildPool<M>(this.#settings, { transcript: this.#recorded }));
  }
}

/** What a pool has done before its first use. */
const unused: Omit<PoolStats, 'name' | 'maxSessions'> = {
  running: 0,
  pids: [],
  open: 0,
  queued: 0,
  warm: 0,
  quarantined: 0,
  children: 0,
  sessions: 0,
  peak: 0,
  longestWait: 0,
  strays: 0,
  lastStrays: [],
  unconfirmed: 0,
  diagnosed: 0,
  firstDiagnosed: [],
  failures: 0,
};
