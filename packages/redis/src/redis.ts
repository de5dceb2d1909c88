/** A pool of databases, or of key prefixes, on one server. */
import { CarpoolError, checkPoolOptions, server, type PoolOptions, type ServerMessages } from 'carpool';
import type { Keyspaces } from './keyspaces.ts';
import type { Prepared } from './launch.ts';
import { ownRuleWarning } from './access.ts';
import { names } from './option-names.ts';
import type { RedisKeyspace, RedisOptions } from './types.ts';

/**
 * Databases beyond those of the sessions and of as many that may end at once with connections open: 8 for those of earlier
 * tests, database 0, and one more.
 */
const spareDatabases = 10;
/** What a server has by default: a program may count on it. */
const fewestDatabases = 16;
/** A database that nothing uses costs a kilobyte. */
const sessionsOfServer = 64;

/**
 * The options of a pool on one private Redis or Valkey server, for `defineConfig` or `createPool`. It starts nothing.
 * `redis.opened` of a session is where its keys are: a user that reaches one numbered database, or the keys with one
 * prefix, and nothing else. When the test has ended, its keys and its user are removed.
 *
 * The defaults are those of any pool, except for `maxSessions`, 64 for each server.
 *
 * @throws CarpoolError CONFIG_INVALID if there is no such option, or no such isolation
 * @example
 * ```ts
 * import { redis } from '@carpool/redis';
 * import { defineConfig } from 'carpool';
 *
 * export default defineConfig({ pools: { redis: redis() } });
 * // in a test: const client = createClient({ url: redis.opened.url });
 * ```
 */
export function redis(options: RedisOptions = {}): PoolOptions<ServerMessages<RedisKeyspace>> {
  checkPoolOptions('redis', options, names);
  const { isolation = 'database', binary, config, modules = [], acl = [], identity, ...pool } = options;
  checkIsolation(isolation);
  const { children = 1, sessionsPerChild } = pool;
  const maxSessions = pool.maxSessions ?? children * (sessionsPerChild ?? sessionsOfServer);
  const each = sessionsPerChild ?? Math.ceil(maxSessions / children);
  const databases = Math.max(fewestDatabases, 2 * each + spareDatabases);
  /** By the temporary folder of each server: what `command` has found out for `ready` and `start`. */
  const prepared = new Map<string, Prepared>();
  return server<Keyspaces, undefined, RedisKeyspace>({
    ...pool,
    maxSessions,
    logLeavesOut: ownRuleWarning,
    // Loaded where they are called: test processes load the config, too.
    identity: async (lookup) => {
      const { serverIdentity } = await import('./identity.ts');
      return await serverIdentity({ binary, config, modules, databases, isolation, acl }, identity, lookup);
    },
    command: async (lookup) => {
      const { prepareServer } = await import('./launch.ts');
      const found = await prepareServer({ binary, config, modules, databases }, lookup);
      prepared.set(lookup.temp, found);
      return found.launch;
    },
    ready: async ({ temp }, signal) => {
      const { checkReady } = await import('./admin.ts');
      await checkReady(preparedIn(prepared, temp).address, signal);
    },
    start: async ({ temp }) => {
      const [{ Admin }, { Keyspaces }] = await Promise.all([import('./admin.ts'), import('./keyspaces.ts')]);
      const { address } = preparedIn(prepared, temp);
      const { port } = address;
      return new Keyspaces(new Admin(address), { port, isolation, databases, alone: each === 1, acl });
    },
    open: async (_server, { started, freshId, signal }) => await started.create(freshId, signal),
    close: async (_server, opened, { started, diagnose, awaitEnds, ...request }) => {
      const faults = await started.drop(opened, request);
      awaitEnds(started.isFull);
      for (const { message, fails } of faults) diagnose(message, { fails });
    },
    inUse: async (_server, { started }) => await started.inUse(),
  });
}

/** Where no compiler looks, a wrong one would be a mixture of both. */
function checkIsolation(isolation: unknown): void {
  if (isolation === 'database' || isolation === 'prefix') return;
  const found = JSON.stringify(isolation) ?? String(isolation);
  throw new CarpoolError(
    'CONFIG_INVALID',
    `redis({ isolation }) is ${found}; it may be "database" or "prefix". For a server of its own: sessionsPerChild: 1`,
    { scope: 'call', blame: 'setup', context: { option: 'isolation', found } },
  );
}

function preparedIn(prepared: ReadonlyMap<string, Prepared>, temp: string): Prepared {
  const found = prepared.get(temp);
  if (found === undefined) throw new Error(`no server was prepared in ${temp}`);
  return found;
}
