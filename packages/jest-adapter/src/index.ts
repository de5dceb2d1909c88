/**
 * What tests import. `withPools` makes Jest's `test` with a fixture for every pool, which gives each attempt of a test a
 * session of its own; `register` takes sessions anywhere else. Evaluated in the realm of every test file, as ESM or as
 * CommonJS, and without any state: sessions and connection are kept by the test environment (see bridge.ts).
 */
import type { Config, ParamsOf, PoolNames, RegisteredConfig, Session, SessionOf } from 'carpool';
import {
  callSite,
  declaredLease,
  lockOrder,
  readWithPools,
  sessionPools,
  type CallSite,
  type FixtureNames,
  type FixtureRunner,
  type PoolFixtures,
  type RegisterInScopeOptions,
  type WithPoolsOptions,
} from 'carpool/adapter/realm';
import { registerSharedWorker } from 'carpool/shared-worker';
import * as jest from '@jest/globals';
import type { HeldLease } from 'carpool/adapter/test-process';
import type { Bridge, Definition, Wanted } from './bridge.ts';
import { isGenerator } from './circus.ts';
import { fixtures, namesWanted } from './fixtures.ts';
import { bridge } from './find-bridge.ts';
import { brought, broughtWatched, RealmSession } from './realm-session.ts';
import type { Test } from './types.ts';

export { CarpoolError, isCarpoolError } from 'carpool/adapter/realm';
export type {
  ErrorCode,
  PoolFixtures,
  RegisterExtraOptions,
  RegisterInScopeOptions,
  SessionPools,
  SessionScope,
  WithPoolsOptions,
} from 'carpool/adapter/realm';
export type { Body, Each, Focusable, Test, TestFunction } from './types.ts';

const runner: FixtureRunner = { name: 'Jest', reserved: [], namesFromHost };

/**
 * Jest's `test` with the pools of a config as fixtures. Its names and types come from the config; nothing is started
 * before a test runs that asks for a pool.
 *
 * @example
 * const test = withPools(config, { scope: { solver: 'file' } });
 * test('counts', async ({ renderer, solver }) => { … });
 *
 * @throws CarpoolError CONFIG_INVALID if a pool or a shared worker has a name that no fixture can have
 */
export function withPools<C extends Config>(config: C, options?: WithPoolsOptions<C>): Test<PoolFixtures<C>>;
/** The same with the type alone, that of `Register` or `withPools<typeof config>()`: the names come from the host. */
export function withPools<C extends Config = RegisteredConfig>(options?: WithPoolsOptions<C>): Test<PoolFixtures<C>>;
export function withPools(
  first?: Config | WithPoolsOptions<Config>,
  second?: WithPoolsOptions<Config>,
): Test<PoolFixtures<Config>> {
  const { names, scopeOf, paramsOf } = readWithPools(first, second, runner);
  const wants = (pool: string): Wanted => ({ pool, scope: scopeOf(pool), params: paramsOf(pool) });

  const define: Define = (body, rows, above, add) => {
    if (isGenerator(body))
      throw new TypeError('Cannot give fixtures to a generator function; make it an async function');
    const wanted = namesWanted(body, names?.pools ?? [], rows).map(wants);
    const sharedWorkers = namesWanted(body, names?.sharedWorkers ?? [], rows);
    const declared = names?.locks ?? {};
    const asked = new Set(namesWanted(body, Object.keys(declared), rows));
    const locks = lockOrder(declared, (name) => asked.has(name)).map(
      (name) => [name, declared[name] ?? 'lock'] as const,
    );
    const ready = (): Promise<unknown> =>
      Promise.all(sharedWorkers.map((name) => registerSharedWorker({ name }).available));
    // No line of the test asks for its fixtures: their errors point at the test.
    const site = callSite(above);
    const wrapped = async (...row: unknown[]): Promise<unknown> => {
      const found = bridge();
      // The names were not known when the test was defined: now the environment says why.
      if (names === undefined) await brought(found.check(), site);
      const given: Record<string, unknown> = { carpool: sessionPools(registerHere, names?.pools) };
      // One after another, always in the order of the config: two tests that want the same two pools cannot hold one
      // each and wait for the other's. Most often the environment has them ready.
      for (const [name, what] of locks) {
        given[name] = await brought(found.lock(name, what), site, (lease: HeldLease) =>
          declaredLease(name, what, lease),
        );
      }
      for (const want of wanted) given[want.pool] = await held(found.session(want), site);
      for (const name of sharedWorkers) given[name] = registerSharedWorker({ name });
      await ready();
      return await body(...row, fixtures(given, found));
    };
    const found = bridgeIfAny();
    if (found === undefined) add(wrapped);
    else found.defining({ wanted, locks, ready, above }, () => add(wrapped));
  };
  return extended(ownTest(), define) as unknown as Test<PoolFixtures<Config>>;
}

/**
 * Takes one more session of a pool, from anywhere in a test, a hook, or a helper module that receives no fixtures. It
 * ends with the test that runs, or with `scope`.
 *
 * @example
 * const renderer = await register('renderer');
 *
 * @throws CarpoolError SESSION_REFUSED outside tests, unless `scope` is `file` or `worker`; and as
 * `carpool.<pool>.register`
 */
export function register<Name extends PoolNames<RegisteredConfig>>(
  pool: Name,
  options: RegisterInScopeOptions<ParamsOf<RegisteredConfig, Name>> = {},
): Promise<SessionOf<RegisteredConfig, Name>> {
  const session = registerHere(pool, { ...options, site: callSite(register) });
  return session as unknown as Promise<SessionOf<RegisteredConfig, Name>>;
}

type AnyBody = (...args: unknown[]) => unknown;
/** Jest's `test`, and what hangs on it. */
interface AnyTest {
  (name: unknown, body?: AnyBody, timeout?: number): void;
  each(...table: unknown[]): AnyTest;
  todo?: unknown;
  only?: AnyTest;
  skip?: AnyTest;
  failing?: AnyTest;
  concurrent?: AnyTest;
}
type Define = (body: AnyBody, rows: boolean, above: Definition['above'], add: (wrapped: AnyBody) => void) => void;

const modifiers = ['only', 'skip', 'failing', 'concurrent'] as const;

/** A set-up file that imports this does so before there is a `test`; with `injectGlobals: false` it is no global. */
function ownTest(): AnyTest {
  const { test } = globalThis as { readonly test?: AnyTest };
  return test ?? (jest.test as unknown as AnyTest);
}

/** All that hangs on `from`, in the same shape. */
function extended(from: AnyTest, define: Define): AnyTest {
  const adding = (to: AnyTest, rows: boolean) => {
    function add(name: unknown, body?: AnyBody, timeout?: number): void {
      // Jest says best what is wrong with a test without a body.
      if (typeof body !== 'function') return to(name, body, timeout);
      return define(body, rows, add, (wrapped) => to(name, wrapped, timeout));
    }
    return add;
  };
  const each = (...table: unknown[]): AnyTest => adding(from.each(...table), true) as AnyTest;
  const test: AnyTest = Object.assign(adding(from, false), { each, todo: from.todo });
  for (const modifier of modifiers) {
    const one = from[modifier];
    if (one !== undefined) test[modifier] = extended(one, define);
  }
  return test;
}

function registerHere(
  pool: string,
  { signal, site, ...options }: RegisterInScopeOptions & { readonly site: CallSite },
): Promise<Session> {
  const registered = (): Promise<Session> => {
    const found = bridge();
    const given = signal === undefined ? {} : { signal: found.signal(signal) };
    return found.register(pool, { ...options, ...given, site });
  };
  // It has the whole interface of a session, in this realm.
  return held(attempted(registered), site) as Promise<unknown> as Promise<Session>;
}

/** Not an async function: the promise that `call` returns is more than a promise. */
function attempted<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (thrown) {
    return Promise.reject(thrown as Error);
  }
}

function held(session: Promise<Session>, site?: CallSite): Promise<RealmSession> {
  return broughtWatched(session, site, (inner: Session) => new RealmSession(inner, bridge()));
}

/** Undefined where no environment can be asked, or the pools cannot be used: then every test says why. */
function namesFromHost(): FixtureNames | undefined {
  const { pools, sharedWorkers = [], locks = {} } = bridgeIfAny() ?? {};
  return pools && { pools, sharedWorkers, locks };
}

function bridgeIfAny(): Bridge | undefined {
  try {
    return bridge();
  } catch {
    return undefined;
  }
}
