/** A pool of databases on one server. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { checkPoolOptions, server, type PoolOptions, type ServerMessages } from 'carpool';
import type { Cluster } from './cluster.ts';
import type { Databases } from './databases.ts';
import { names } from './option-names.ts';
import { linesLeftOut } from './own-log.ts';
import { schemaFiles } from './schema-parts.ts';
import type { PostgresDatabase, PostgresOptions } from './types.ts';

/** Bytes that must be free where memory is the disk: `/dev/shm` of a container has 64 MiB by default. */
const roomForClusters = 512 * 1024 * 1024;
/** A database that nothing uses costs 8 MiB. */
const sessionsOfServer = 32;
/** Two tests can begin at once, and their databases are there. */
const databasesAhead = 2;

/**
 * The options of a pool of databases on one private PostgreSQL server, for `defineConfig` or `createPool`. It starts
 * nothing. `db.opened` of a session is where its database is: a copy of a template that `schema` and `extensions` are put
 * into once. It is dropped when the test has ended; where a connection to it is open, when that has gone.
 *
 * The defaults are those of any pool, except for `maxSessions`, 32 for each server, and `warm`, 2. With `sessionsPerChild: 1`,
 * where each would be a server, `warm` is 0.
 *
 * @throws CarpoolError CONFIG_INVALID if there is no such option
 * @example
 * ```ts
 * import { postgres } from '@carpool/postgres';
 * import { defineConfig } from 'carpool';
 *
 * export default defineConfig({ pools: { db: postgres({ schema: 'migrations/*.sql' }) } });
 * // in a test: const client = new pg.Client(db.opened);
 * ```
 */
export function postgres(options: PostgresOptions = {}): PoolOptions<ServerMessages<PostgresDatabase>> {
  checkPoolOptions('postgres', options, names);
  const { schema, extensions, version, binaries, settings, tcp, folder, cache, identity, ...pool } = options;
  const { children = 1, sessionsPerChild } = pool;
  const maxSessions = pool.maxSessions ?? children * (sessionsPerChild ?? sessionsOfServer);
  const own = { schema, extensions, version, binaries, settings, tcp: tcp ?? process.platform === 'win32', cache };
  /** By the temporary folder of each server: what `command` has found out for `start`. */
  const clusters = new Map<string, Cluster>();
  return server<Databases, undefined, PostgresDatabase>({
    ...pool,
    maxSessions,
    warm: pool.warm ?? (sessionsPerChild === 1 ? 0 : Math.min(databasesAhead, maxSessions)),
    // An edit of these starts a run in watch mode, on a new server.
    watch: schemaFiles(schema),
    tempBase: folder ?? foldersForClusters(),
    stopSignal: 'SIGINT',
    logLeavesOut: linesLeftOut(pool.logLeavesOut),
    // Loaded where they are called: test processes load the config, too.
    identity: async (lookup) => {
      const { clusterIdentity } = await import('./identity.ts');
      return await clusterIdentity(own, identity, lookup);
    },
    command: async (lookup) => {
      const { prepareCluster } = await import('./cluster.ts');
      const cluster = await prepareCluster(own, lookup);
      clusters.set(lookup.temp, cluster);
      return cluster.launch;
    },
    ready: async ({ temp }, signal) => {
      const { checkReady } = await import('./client.ts');
      await checkReady(clusterIn(clusters, temp).address, signal);
    },
    start: async ({ temp }, signal) => {
      const { Databases } = await import('./databases.ts');
      return await Databases.on(clusterIn(clusters, temp), signal);
    },
    open: async (_server, { started, freshId, signal }) => await started.create(freshId, signal),
    close: async (_server, opened, { started, diagnose, awaitEnds, ...request }) => {
      const faults = await started.drop(opened.database, request);
      awaitEnds(started.isFull);
      for (const { message, fails } of faults) diagnose(message, { fails });
    },
    inUse: async (_server, { started }) => await started.inUse(),
  });
}

function clusterIn(clusters: ReadonlyMap<string, Cluster>, temp: string): Cluster {
  const found = clusters.get(temp);
  if (found === undefined) throw new Error(`no cluster was made in ${temp}`);
  return found;
}

function foldersForClusters(): readonly string[] {
  const memory = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize >= roomForClusters) return [memory, tmpdir()];
  } catch {
    // There is none.
  }
  return [tmpdir()];
}
