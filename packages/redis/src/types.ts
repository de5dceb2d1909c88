/** What users write and get. */
import type { ServerOptions } from 'carpool';

/** Where the keys of a session are. `new Redis(redis.opened)` of ioredis takes it as it is, with the prefix. */
export interface RedisKeyspace {
  /** `redis://USER:PASSWORD@127.0.0.1:PORT/DATABASE`: all that a client needs, but for `keyPrefix`. */
  readonly url: string;
  /** "127.0.0.1" */
  readonly host: string;
  readonly port: number;
  /** A user of this session alone. */
  readonly username: string;
  readonly password: string;
  /** The number of the database; with `isolation: 'prefix'` it is 0. */
  readonly db: number;
  /** What the name of each key must begin with, such as "s1:"; without `isolation: 'prefix'` it is empty. */
  readonly keyPrefix: string;
  /** What the name of each channel must begin with; empty where the session has its server alone. */
  readonly channelPrefix: string;
}

/**
 * What a session has for itself. `database`: a numbered database; the names of keys are free. `prefix`: the keys of
 * database 0 whose names begin with its prefix, for programs that use that database whatever they are given.
 */
export type RedisIsolation = 'database' | 'prefix';

type Inherited = Omit<
  ServerOptions<RedisKeyspace>,
  | 'args'
  | 'close'
  | 'command'
  | 'cwd'
  | 'installHint'
  | 'inUse'
  | 'logLeavesOut'
  | 'open'
  | 'ready'
  | 'start'
  | 'stopSignal'
  | 'tempBase'
  | 'watch'
>;

/** The options of `redis`: those of any pool, and these. */
export interface RedisOptions extends Inherited {
  /** What each session has for itself. Default `database`. */
  readonly isolation?: RedisIsolation;
  /**
   * The server's program, `redis-server` or `valkey-server`, relative to the folder of the config; no other place is looked
   * at then. Default: the first of version 7 or newer in PATH, in Debian's folders, in Homebrew's.
   */
  readonly binary?: string;
  /**
   * Directives of redis.conf, over those that make tests fast: `{ maxmemory: '64mb', 'notify-keyspace-events': 'KEA' }`. A
   * list writes the directive several times; `true` and `false` are written as `yes` and `no`. Where the server listens,
   * its users, its folder and the number of databases are Carpool's. Default none.
   */
  readonly config?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Modules to load, each a file, relative to the folder of the config, and its arguments after spaces. Default none. */
  readonly modules?: readonly string[];
  /** ACL rules for the user of each session, after Carpool's: `['+client|list', '-eval']`. Default none. */
  readonly acl?: readonly string[];
}
