/** What users write and get. */
import type { ServerOptions } from 'carpool';

/** Where a database is. `new pg.Client(db.opened)` and postgres.js's `postgres(db.opened)` take it as it is. */
export interface PostgresDatabase {
  /** `postgresql://…`, for psql, `pg`, Prisma and whatever else reads a URL; postgres.js looks for no socket in it. */
  readonly url: string;
  /** The folder of the server's socket; with `tcp`, "127.0.0.1". */
  readonly host: string;
  /** Without `tcp` it is a part of the socket's name alone. */
  readonly port: number;
  readonly user: string;
  /** Absent without `tcp`: then the folder of the socket is closed to other users, and no password is asked for. */
  readonly password?: string;
  readonly database: string;
  /** The path of the server's socket. */
  readonly socketPath: string;
}

/** Makes the template by itself: runs a migration tool, say. It runs in the host; no connection of it may stay open. */
export type SchemaFunction = (template: PostgresDatabase, signal: AbortSignal) => unknown;

/** A file of SQL, or a glob, relative to the folder of the config; the SQL itself; or a function. */
export type SchemaPart = string | URL | { readonly sql: string } | SchemaFunction;

/** One part, or several in this order. What a glob finds is in the order of its paths. */
export type PostgresSchema = SchemaPart | readonly SchemaPart[];

type Inherited = Omit<
  ServerOptions<PostgresDatabase>,
  | 'args'
  | 'close'
  | 'command'
  | 'cwd'
  | 'installHint'
  | 'inUse'
  | 'open'
  | 'ready'
  | 'start'
  | 'stopSignal'
  | 'tempBase'
  | 'watch'
>;

/** The options of `postgres`: those of any pool, and these. */
export interface PostgresOptions extends Inherited {
  /**
   * What each database begins with. It is put into a template once for each server, and each database is a copy of that.
   * Default: nothing.
   */
  readonly schema?: PostgresSchema;
  /** Made in the template before `schema`, with what they depend on. Default none. */
  readonly extensions?: readonly string[];
  /** The major version: a server of another one is passed over. Default: any from 13 on, the newest of each place. */
  readonly version?: number;
  /** The folder of `postgres` and `initdb`; no other place is looked at then. Relative to the folder of the config. */
  readonly binaries?: string;
  /** Settings of the server, over those that make tests fast: `{ 'log_statement': 'all', timezone: 'UTC' }`. Default none. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Listen on a port of 127.0.0.1 too, with a password, for clients that cannot use sockets: `url`, `host` and `port` name
   * it. Default false, except on Windows.
   */
  readonly tcp?: boolean;
  /**
   * Folders in which the server's own may be, the first that allows it. Default: `/dev/shm` where it has 512 MiB free, else
   * the system's temporary folder.
   */
  readonly folder?: string | readonly string[];
  /**
   * Keep the cluster, with its template, for later runs, by a digest of all that goes into it: `node_modules/.cache`, or
   * this folder. If `schema` has a function, whose outcome nothing tells, only the empty cluster is kept. Default true.
   */
  readonly cache?: boolean | string;
}
