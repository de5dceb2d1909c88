/** `withPools`, `test`, `register`, and `expect` with matchers for sessions. */
import { test as base, type TestType } from '@playwright/test';
import type { Config, ParamsOf, PoolNames, RegisteredConfig, SessionOf } from 'carpool';
import {
  callSite,
  currentTestSlot,
  fixtureKey,
  readWithPools,
  registerSession,
  type PoolFixtures,
  type RegisterInScopeOptions,
  type WithPoolsOptions,
} from 'carpool/adapter/test-process';
import { carpoolFixtures, ownFixtures, runner } from './fixtures.ts';
import type { CarpoolUse, TestFixtures, WorkerFixtures } from './fixtures.ts';
import { connect } from './provided.ts';

export { CarpoolError, isCarpoolError } from 'carpool/adapter/test-process';
export type {
  ErrorCode,
  PoolFixtures,
  RegisterExtraOptions,
  RegisterInScopeOptions,
  SessionPools,
  SessionScope,
  WithPoolsOptions,
} from 'carpool/adapter/test-process';
export type { CarpoolUse, TestFixtures, WorkerFixtures } from './fixtures.ts';
export type { EvidenceRule } from './evidence.ts';
export { expect, type ExpectSession, type MatcherOptions, type SessionMatchers, type Shape } from './expect.ts';

/** Playwright's `test` with fixtures for tests, and for workers. */
export type TestWith<T extends {}, W extends {}> =
  typeof base extends TestType<infer TestArgs, infer WorkerArgs> ? TestType<TestArgs & T, WorkerArgs & W> : never;

/**
 * Playwright's `test` for files that take no session by a fixture: `carpool/coordination`, `carpool/shared-worker` and
 * `register` find their test by it, and the fixture `carpool` registers sessions of any pool.
 */
export const test: TestWith<
  Pick<PoolFixtures<RegisteredConfig>, 'carpool'> & CarpoolUse,
  WorkerFixtures<RegisteredConfig>
> = base.extend(ownFixtures as never);

/** Playwright starts another worker for a file whose worker fixtures are other functions: the same config has the same. */
const made = new WeakMap<object, Map<string, unknown>>();
const byType: object = {};

/**
 * Playwright's `test` with the pools of a config as fixtures. Its names and types come from the config; nothing is
 * started before a test runs that asks for a pool. Called again with the same config and options it returns the same.
 * What you have already is added by Playwright's `mergeTests`.
 *
 * @example
 * const test = withPools(config, { scope: { solver: 'file' } });
 * test('counts', async ({ renderer, solver, page }) => { … });
 *
 * @throws CarpoolError CONFIG_INVALID if a pool or a shared worker has a name that no fixture can have
 */
export function withPools<C extends Config>(
  config: C,
  options?: WithPoolsOptions<C>,
): TestWith<TestFixtures<C>, WorkerFixtures<C>>;
/**
 * The same with the type alone, that of `Register` or `withPools<typeof config>()`: the names come from the host.
 * @throws CarpoolError HUB_UNREACHABLE where no global setup has run: with `--list`, and in the test explorers of editors
 */
export function withPools<C extends Config = RegisteredConfig>(
  options?: WithPoolsOptions<C>,
): TestWith<TestFixtures<C>, WorkerFixtures<C>>;
export function withPools(
  first?: Config | WithPoolsOptions<Config>,
  second?: WithPoolsOptions<Config>,
): TestWith<TestFixtures<Config>, WorkerFixtures<Config>> {
  const plan = readWithPools(first, second, runner);
  const home = plan.config ?? byType;
  const known = made.get(home) ?? new Map<string, unknown>();
  made.set(home, known);
  const key = JSON.stringify([
    plan.names,
    plan.names?.pools.map((pool) => [plan.scopeOf(pool), fixtureKey(pool, plan.paramsOf(pool))]),
  ]);
  if (!known.has(key)) known.set(key, base.extend(carpoolFixtures(plan) as never));
  return known.get(key) as TestWith<TestFixtures<Config>, WorkerFixtures<Config>>;
}

/**
 * Takes one more session of a pool, from anywhere in a test, a hook, or a helper module that receives no fixtures. It
 * ends with the test that runs, or with `scope`. The test must be of `withPools`, or the `test` of this package.
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
  const session = registerSession(currentTestSlot().currentTest, pool, {
    ...options,
    site: callSite(register),
    check: () => connect(pool),
  });
  return session as unknown as Promise<SessionOf<RegisteredConfig, Name>>;
}
