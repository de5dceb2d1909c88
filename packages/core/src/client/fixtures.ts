/** What `withPools` takes and what it makes fixtures of, the same in every runner. */
import { CarpoolError } from '../base/errors.ts';
import type { Config, ParamsOf, PoolNames, SessionOf } from '../config/define.ts';
import type { LeaseOf, LockNames } from '../config/define-lock.ts';
import type { LockDeclarations } from '../wire/lease-types.ts';
import type { SharedWorkerNames, SharedWorkerOf } from '../config/define-shared-worker.ts';
import type { SessionPools, SessionScope } from './session-pools.ts';

/** The second argument of `withPools`. */
export interface WithPoolsOptions<C extends Config> {
  /** Pools whose session is shared by the tests of a file, or of a test process. Default: `test` for all. */
  readonly scope?: { readonly [Name in PoolNames<C>]?: SessionScope };
  /** What the session of a fixture takes as `params` of its pool. Plain data. Default: none. */
  readonly params?: { readonly [Name in PoolNames<C>]?: ParamsOf<C, Name> };
}

/**
 * By what the session of a fixture is known among those of its owner: two that were given other params are two sessions.
 */
export function fixtureKey(pool: string, params: unknown): string {
  if (params === undefined) return pool;
  const text = JSON.stringify(params, (_, value: unknown) => {
    if (typeof value === 'bigint') return { bigint: String(value) };
    if (value instanceof Map) return { map: [...value] };
    return value instanceof Set ? { set: [...value] } : value;
  });
  return `${pool} ${text}`;
}

/** What a test of `withPools` receives: one session for each pool and each shared worker by name, and `carpool`. */
export type PoolFixtures<C extends Config> = { readonly [Name in PoolNames<C>]: SessionOf<C, Name> } & {
  readonly [Name in SharedWorkerNames<C>]: SharedWorkerOf<C, Name>;
} & { readonly [Name in LockNames<C>]: LeaseOf<C, Name> } & {
  /** More sessions than one of any pool; they end with the test. */
  readonly carpool: SessionPools<C>;
};

/** The names in a config, each of which is a fixture. */
export interface FixtureNames {
  readonly pools: readonly string[];
  readonly sharedWorkers: readonly string[];
  /** The locks. Absent: none. */
  readonly locks?: LockDeclarations;
}

/** The names in a config. */
export function fixtureNames({ pools = {}, sharedWorkers = {}, locks = {} }: Config): FixtureNames {
  return { pools: Object.keys(pools), sharedWorkers: Object.keys(sharedWorkers), locks };
}

/** What `readWithPools` must know of a runner. */
export interface FixtureRunner {
  /** Its name, for messages: "Vitest". */
  readonly name: string;
  /** What the runner itself puts beside the fixtures of a test. */
  readonly reserved: Iterable<string>;
  /** The names that the host knows, for calls without a config; undefined if they cannot be known. */
  readonly namesFromHost: () => FixtureNames | undefined;
}

/** The arguments of `withPools`, understood. */
export interface FixturePlan {
  /** Undefined if the names come from the host. */
  readonly config: Config | undefined;
  /** Undefined if there is no config, and no host that could be asked. */
  readonly names: FixtureNames | undefined;
  /** The scope of the session that the fixture of this pool gives. Default `test`. */
  scopeOf(pool: string): SessionScope;
  /** What that session takes as `params`. */
  paramsOf(pool: string): unknown;
}

/**
 * Reads `withPools(config, options)` and `withPools(options)`.
 * @throws CarpoolError CONFIG_INVALID if a fixture cannot have the name of a pool or of a shared worker, or if both have
 * the same, or if there is no such option or scope, or no such pool
 */
export function readWithPools(
  first: Config | WithPoolsOptions<Config> | undefined,
  second: WithPoolsOptions<Config> | undefined,
  runner: FixtureRunner,
): FixturePlan {
  const config =
    first !== undefined && ('pools' in first || 'sharedWorkers' in first || 'locks' in first) ? first : undefined;
  const options = config === undefined ? ((first as WithPoolsOptions<Config> | undefined) ?? second) : second;
  const wrong = Object.keys(options ?? {}).find((name) => name !== 'scope' && name !== 'params');
  if (wrong !== undefined) throw unknownOption(wrong, config);
  const scopes = new Map<string, SessionScope>(Object.entries(options?.scope ?? {}));
  for (const [pool, scope] of scopes) checkScope(pool, scope);
  const params = new Map<string, unknown>(Object.entries(options?.params ?? {}));
  const names = config === undefined ? runner.namesFromHost() : fixtureNames(config);
  if (names !== undefined) {
    checkFixtureNames(names, runner);
    for (const pool of scopes.keys()) if (!names.pools.includes(pool)) throw unknownPool(pool, 'a scope', names.pools);
    for (const pool of params.keys()) if (!names.pools.includes(pool)) throw unknownPool(pool, 'params', names.pools);
  }
  return {
    config,
    names,
    scopeOf: (pool) => scopes.get(pool) ?? 'test',
    paramsOf: (pool) => params.get(pool),
  };
}

function unknownOption(name: string, config: Config | undefined): CarpoolError {
  const other =
    config === undefined
      ? '; a config with `pools`, `sharedWorkers` or `locks` comes first, and what this call got has none'
      : '';
  const message = `Unknown option ${JSON.stringify(name)} of \`withPools\`: there are \`scope\` and \`params\`${other}`;
  return new CarpoolError('CONFIG_INVALID', message, { scope: 'call', context: { option: name } });
}

const scopesKnown: ReadonlySet<string> = new Set<SessionScope>(['test', 'file', 'worker']);

function checkScope(pool: string, scope: string): void {
  if (scopesKnown.has(scope)) return;
  const message = `Cannot give pool "${pool}" the scope ${JSON.stringify(scope)}: there are "test", "file" and "worker"`;
  throw new CarpoolError('CONFIG_INVALID', message, { scope: 'call', context: { pool, scope } });
}

function unknownPool(pool: string, what: string, pools: readonly string[]): CarpoolError {
  const known = pools.length === 0 ? 'no pool at all' : `only ${pools.map((name) => JSON.stringify(name)).join(', ')}`;
  const message = `Cannot give ${JSON.stringify(pool)} ${what}: the config has ${known}`;
  return new CarpoolError('CONFIG_INVALID', message, { scope: 'call', context: { pool, pools } });
}

/** What the runners themselves put beside the fixtures of a test. Playwright's less likely options are left out. */
export const reservedNames: Readonly<Record<'Vitest' | 'Jest' | 'Playwright', readonly string[]>> = {
  Vitest: ['task', 'signal', 'expect', 'skip', 'annotate', 'bench', 'onTestFailed', 'onTestFinished'],
  Jest: [],
  Playwright:
    'page context browser browserName request playwright baseURL channel headless locale screenshot trace video viewport'.split(
      ' ',
    ),
};

/** Names that no fixture can have in any runner, and why. */
const reservedByCarpool: ReadonlyMap<string, string> = new Map([
  ['carpool', 'Carpool gives every test a fixture of that name'],
  ['then', 'an object with a `then` is taken for a promise'],
]);

/** @throws CarpoolError CONFIG_INVALID if a fixture cannot have one of the names */
export function checkFixtureNames(
  { pools, sharedWorkers, locks = {} }: FixtureNames,
  { name, reserved }: Pick<FixtureRunner, 'name' | 'reserved'>,
): void {
  const why = new Map([...reserved].map((word) => [word, `${name} gives every test something of that name`]));
  for (const [word, reason] of reservedByCarpool) why.set(word, reason);
  for (const pool of pools) {
    const reason = why.get(pool);
    if (reason !== undefined) throw cannotBe({ pool }, reason, 'rename the pool');
  }
  for (const worker of sharedWorkers) {
    const reason = why.get(worker);
    if (reason !== undefined) throw cannotBe({ worker }, reason, 'rename the shared worker');
    if (pools.includes(worker)) throw cannotBe({ worker }, 'a pool has that name', 'rename one of them');
  }
  for (const lock of Object.keys(locks)) {
    const reason = why.get(lock);
    if (reason !== undefined) throw cannotBe({ lock }, reason, 'rename the lock');
    if (pools.includes(lock)) throw cannotBe({ lock }, 'a pool has that name', 'rename one of them');
    if (sharedWorkers.includes(lock)) throw cannotBe({ lock }, 'a shared worker has that name', 'rename one of them');
  }
}

function cannotBe(
  context: { readonly pool: string } | { readonly worker: string } | { readonly lock: string },
  why: string,
  remedy: string,
): CarpoolError {
  const parts = Object.entries(context).map(
    ([kind, name]) => `${kind === 'worker' ? 'shared worker' : kind} "${name}"`,
  );
  const what = parts.join(' and ');
  return new CarpoolError('CONFIG_INVALID', `Cannot make a fixture of the ${what}: ${why}; ${remedy}`, { context });
}
