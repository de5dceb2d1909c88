/**
 * What tests import. `withPools` makes Jest's `test` with a fixture for every pool, which gives each attempt of a test a
 * session of its own; `carpool` registers sessions anywhere else. Evaluated in the realm of every test file, as ESM or as
 * CommonJS, and without any state: sessions and connection are kept by the test environment (see bridge.ts).
 */
import type { Config, PoolNames, Session, SessionOf, SharedWorkerNames, SharedWorkerOf } from 'carpool';
import type { RegisterExtraOptions as AnyRunners } from 'carpool/client';
import * as jest from '@jest/globals';
import { callSite, fixtureNames, type CallSite, type FixtureNames } from 'carpool/realm';
import { registerSharedWorker } from 'carpool/shared-worker';
import type { Bridge, Definition, Scope, Wanted } from './bridge.ts';
import { isGenerator } from './circus.ts';
import { fixtures, namesWanted } from './fixtures.ts';
import { bridge } from './here.ts';
import { brought, RealmSession } from './realm-session.ts';
import type { Test } from './types.ts';

export type { Scope } from './bridge.ts';
export type { Body, Each, Test, TestFunction } from './types.ts';
export { CarpoolError, isCarpoolError } from 'carpool/realm';

export interface CreateTestOptions<C extends Config> {
  /** Pools whose session is shared by the tests of a file. Default: `test` for all. */
  readonly scope?: { readonly [Name in PoolNames<C>]?: Scope };
}

/** Of a session that is registered by hand; its owner and its label are the test's, or the file's. */
export type RegisterExtraOptions = AnyRunners & {
  /** Whose end ends it. Default `test`; in `beforeAll`, and outside of tests, there is only the `file`. */
  readonly scope?: Scope;
};

/** Sessions of any pool, as many as are wanted. */
export type SessionPools<C extends Config> = {
  readonly [Name in PoolNames<C>]: {
    /** Takes a session; it ends with its scope, or when it is unregistered. */
    register(options?: RegisterExtraOptions): Promise<SessionOf<C, Name>>;
  };
};

/** One session for every pool by its name, and `carpool` for more; and every shared worker by its name. */
export type Fixtures<C extends Config> = { readonly [Name in PoolNames<C>]: SessionOf<C, Name> } & {
  readonly [Name in SharedWorkerNames<C>]: SharedWorkerOf<C, Name>;
} & { readonly carpool: SessionPools<C> };

/** Tell it your config, once, and `carpool` and `withPools()` know your pools: see docs/jest.md. */
export interface Project {}

type AnyConfig = { readonly pools: Readonly<Record<string, never>> };
/** The config of `Project`. */
export type ProjectConfig = Project extends { readonly config: infer C extends Config } ? C : AnyConfig;

/** SessionPools sessions in tests, in hooks and, with `scope: 'file'`, anywhere else in a test file. */
export const carpool: SessionPools<ProjectConfig> = sessionPools();

/** `test` with the pools of a config as fixtures. Its names and types come from the config; nothing is started yet. */
export function withPools<C extends Config>(config: C, options?: CreateTestOptions<C>): Test<Fixtures<C>>;
/** The same with the type alone, `withPools<typeof config>()`: the names come from the host. */
export function withPools<C extends Config = ProjectConfig>(options?: CreateTestOptions<C>): Test<Fixtures<C>>;
export function withPools(
  first?: Config | CreateTestOptions<Config>,
  second?: CreateTestOptions<Config>,
): Test<Fixtures<Config>> {
  const config = first !== undefined && ('pools' in first || 'sharedWorkers' in first) ? first : undefined;
  const { scope = {} } = (config === undefined ? (first as CreateTestOptions<Config>) : second) ?? {};
  const names = config === undefined ? namesFromHost() : fixtureNames(config);
  const wants = (pool: string): Wanted => ({ pool, scope: (scope as Record<string, Scope>)[pool] ?? 'test' });

  const define: Define = (body, rows, above, add) => {
    if (isGenerator(body))
      throw new TypeError('Cannot give fixtures to a generator function; make it an async function');
    const wanted = namesWanted(body, names?.pools ?? [], rows).map(wants);
    const sharedWorkers = namesWanted(body, names?.sharedWorkers ?? [], rows);
    const ready = (): Promise<unknown> =>
      Promise.all(sharedWorkers.map((name) => registerSharedWorker({ name }).available));
    const wrapped = async (...row: unknown[]): Promise<unknown> => {
      const found = bridge();
      // Nobody knew the names when the test was defined: now somebody knows why.
      if (names === undefined) await brought(found.check());
      const given: Record<string, unknown> = { carpool: sessionPools() };
      // One after another, always in the order of the config: two tests that want the same two pools cannot hold one
      // each and wait for the other's. Most often the environment has them ready.
      for (const want of wanted) given[want.pool] = await held(found.session(want));
      for (const name of sharedWorkers) given[name] = registerSharedWorker({ name });
      await ready();
      return await body(...row, fixtures(given, found));
    };
    const found = bridgeIfAny();
    if (found === undefined) add(wrapped);
    else found.defining({ wanted, ready, above }, () => add(wrapped));
  };
  return extended(ownTest(), define) as unknown as Test<Fixtures<Config>>;
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

function sessionPools(): SessionPools<never> {
  const register = (pool: string) => ({
    register: function register({ scope = 'test', signal, ...options }: RegisterExtraOptions = {}) {
      const site = callSite(register);
      const found = bridge();
      const given = signal === undefined ? {} : { signal: found.signal(signal) };
      return held(found.register({ pool, scope }, { ...options, ...given, site }), site);
    },
  });
  // Whether there is such a pool is known when a session is wanted. `then`: it may be awaited by mistake.
  const get = (_: object, name: string | symbol): unknown =>
    typeof name === 'symbol' || name === 'then' ? undefined : register(name);
  return new Proxy({}, { get }) as SessionPools<never>;
}

function held(session: Promise<Session>, site?: CallSite): Promise<RealmSession> {
  return brought(session, site, (inner: Session) => new RealmSession(inner, bridge()));
}

/** Undefined where there is nobody to ask, or nothing to be had: then every test says why. */
function namesFromHost(): FixtureNames | undefined {
  const { pools, sharedWorkers = [] } = bridgeIfAny() ?? {};
  return pools && { pools, sharedWorkers };
}

function bridgeIfAny(): Bridge | undefined {
  try {
    return bridge();
  } catch {
    return undefined;
  }
}
