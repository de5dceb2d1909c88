/**
 * `withPools`: Vitest's `test` with a fixture for every pool, which gives each attempt of a test a session of its own; and `register`.
 *
 *   $carpoolFile ◀── $carpoolAttempt ◀── carpool, renderer, solver, …
 *                 (hidden)
 *
 * The owners are fixtures that wait for nothing; the sessions hang on them. `prefetch.ts` fills them before the test's
 * clock starts, `attempt.ts` says whose they are.
 */
import type { Config, Lease, ParamsOf, PoolNames, RegisteredConfig, Session, SessionOf } from 'carpool';
import {
  callSite,
  currentTestSlot,
  declaredLease,
  failingAt,
  lockOrder,
  type HeldLease,
  type LockDeclarations,
  type Owner,
  openedCurrentTest,
  owners,
  providedNames,
  readWithPools,
  registerSession,
  reservedNames,
  sessionPools,
  unknownFixture,
  workerSession,
  type FixtureRunner,
  type PoolFixtures,
  type RegisterInScopeOptions,
  type SessionScope,
  type WithPoolsOptions,
} from 'carpool/adapter/test-process';
import type { SharedWorker } from 'carpool/shared-worker';
import { expect, type RunnerTestCase, type TestAPI } from 'vitest';
import type { Attempt } from './attempt.ts';
import { connect, CurrentFile, provided } from './hooks.ts';
import { siteOf, testWithPrefetch, type OwnedAttempt, type Prefetch } from './prefetch.ts';

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
export type { SessionEvidence } from './provided.ts';

const runner: FixtureRunner = {
  name: 'Vitest',
  reserved: reservedNames.Vitest,
  namesFromHost: () => providedNames(provided()),
};

/**
 * Vitest's `test` with the pools of a config as fixtures. Its names and types come from the config; nothing is started
 * before a test runs that asks for a pool.
 *
 * @example
 * const test = withPools(config, { scope: { solver: 'file' } });
 * test('counts', async ({ renderer, solver }) => { … });
 *
 * @throws CarpoolError CONFIG_INVALID if a pool or a shared worker has a name that no fixture can have
 */
export function withPools<C extends Config>(config: C, options?: WithPoolsOptions<C>): TestAPI<PoolFixtures<C>>;
/** The same with the type alone, that of `Register` or `withPools<typeof config>()`: the names come from the host. */
export function withPools<C extends Config = RegisteredConfig>(options?: WithPoolsOptions<C>): TestAPI<PoolFixtures<C>>;
export function withPools(
  first?: Config | WithPoolsOptions<Config>,
  second?: WithPoolsOptions<Config>,
): TestAPI<PoolFixtures<Config>> {
  const { names, scopeOf, paramsOf } = readWithPools(first, second, runner);
  const { pools, sharedWorkers, locks = {} } = names ?? { pools: [], sharedWorkers: [] };

  const prefetch: Prefetch = async (attempt, wanted, signal) => {
    // One after another, always in the order of the config: two tests that want the same two pools cannot hold one each
    // and wait for the other's. What fails here fails again in the fixture, where it belongs.
    for (const name of sharedWorkers) if (wanted.has(name)) await readyWorker(name).catch(() => undefined);
    // Locks come before slots in every test: what holds a slot waits for no lock.
    for (const name of lockOrder(locks, (fixture) => wanted.has(fixture))) {
      await taken(attempt.owner, name, locks, signal).catch(() => undefined);
    }
    for (const name of pools) {
      if (!wanted.has(name)) continue;
      const scope = scopeOf(name);
      const params = paramsOf(name);
      const options = signal === undefined ? { params } : { signal, params };
      const session =
        scope === 'worker'
          ? ofWorker(name, params)
          : (scope === 'test' ? attempt.owner : attempt.current.open(owners).file).session(name, options);
      await session.catch(() => undefined);
    }
  };

  // Where hooks follow the attempts, fixtures need none that does. The type-only form without a host has one that fails.
  const hooked = names !== undefined && CurrentFile.hooked() !== undefined;
  const fixtures = {
    ...ownerFixtures(names?.pools, hooked),
    ...Object.fromEntries(
      pools.map((name) => [name, poolFixture(name, { scope: scopeOf(name), params: paramsOf(name) }, hooked)]),
    ),
    ...Object.fromEntries(sharedWorkers.map((name) => [name, workerFixture(name)])),
    ...Object.fromEntries(Object.keys(locks).map((name) => [name, lockFixture(name, locks, hooked)])),
  };
  const unknown = (name: string): Error => unknownFixture(name, { pools, sharedWorkers, locks });
  const test = testWithPrefetch(prefetch, owned, unknown).extend(fixtures as never);
  return test as TestAPI<PoolFixtures<Config>>;
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
  const session = registerSession(openedCurrentTest(currentTestSlot(), owners), pool, {
    ...options,
    site: callSite(register),
    check: () => connect(pool),
  });
  return session as unknown as Promise<SessionOf<RegisteredConfig, Name>>;
}

/** The session that a fixture gives. */
interface SessionWanted {
  readonly scope: SessionScope;
  readonly params: unknown;
}

/** Vitest finds out what a fixture needs by reading its parameters: they must be destructured where they stand. */
function poolFixture(name: string, { scope, params }: SessionWanted, hooked: boolean): unknown {
  switch (scope) {
    case 'test':
      if (hooked) {
        return async ({ task }: Owners, use: Use<Session>) => {
          const { owner } = ownedAttempt(task);
          await use(await failingAt(owner.session(name, { params }), siteOf(task)));
        };
      }
      return async ({ $carpoolAttempt, $carpoolFile, task }: Owners, use: Use<Session>) => {
        // With `sequence.hooks: 'parallel'` Vitest does not wait for a fixture that another hook is setting up, and
        // leaves it undefined: it has been made by then.
        const { owner } = $carpoolAttempt ?? ownedAttempt(task, $carpoolFile);
        return use(await failingAt(owner.session(name, { params }), siteOf(task)));
      };
    case 'file':
      return [
        async ({ $carpoolFile }: Owners, use: Use<Session>) =>
          use(await $carpoolFile.open(owners).file.session(name, { params })),
        { scope },
      ];
    case 'worker':
      // oxlint-disable-next-line no-empty-pattern
      return [async ({}, use: Use<Session>) => use(await ofWorker(name, params)), { scope }];
  }
}

async function ofWorker(name: string, params: unknown): Promise<Session> {
  const timeLeft = (): number => CurrentFile.hooked()?.timeLeft(owners) ?? Infinity;
  return await workerSession(await connect(name), name, { timeLeft, params });
}

function workerFixture(name: string): unknown {
  // oxlint-disable-next-line no-empty-pattern
  return async ({}, use: Use<SharedWorker.Plugin.Protocol>) => use(await readyWorker(name));
}

function lockFixture(name: string, locks: LockDeclarations, hooked: boolean): unknown {
  const give = async ({ owner, attempt }: OwnedAttempt, use: Use<Lease>): Promise<void> => {
    const held = await failingAt(taken(owner, name, locks), siteOf(attempt.task));
    await use(declaredLease(name, locks[name] ?? 'lock', held));
  };
  if (hooked) return async ({ task }: Owners, use: Use<Lease>) => give(ownedAttempt(task), use);
  return async ({ $carpoolAttempt, $carpoolFile, task }: Owners, use: Use<Lease>) =>
    give($carpoolAttempt ?? ownedAttempt(task, $carpoolFile), use);
}

function taken(owner: Owner, name: string, locks: LockDeclarations, signal?: AbortSignal): Promise<HeldLease> {
  return owner.leases.declared(name, locks[name] ?? 'lock', signal);
}

/** A shared worker of the file that runs; started when the first test wants it. */
async function readyWorker(name: string): Promise<SharedWorker.Plugin.Protocol> {
  const { registerSharedWorker } = await import('carpool/shared-worker');
  const worker = registerSharedWorker({ name });
  await worker.available;
  return worker;
}

function ownerFixtures(names: readonly string[] | undefined, hooked: boolean): Record<string, unknown> {
  return {
    $carpoolFile: [
      // oxlint-disable-next-line no-empty-pattern
      async ({}, use: Use<CurrentFile>) => {
        const current = CurrentFile.of(expect.getState().testPath ?? '');
        current.hold();
        await use(current);
        await current.leave();
      },
      { scope: 'file' },
    ],
    $carpoolAttempt: [
      async ({ $carpoolFile, task }: Owners, use: Use<OwnedAttempt>) => {
        const attempt = ownedAttempt(task, $carpoolFile);
        // The type-only form knows no names without a host, and its fixtures would be undefined without a word.
        if (names === undefined) await failingAt(Promise.resolve(connect()), siteOf(task));
        await use(attempt);
        // What a fixture throws here, Vitest 3 throws again after the next attempt.
        if ($carpoolFile.finishes) await $carpoolFile.end(attempt.attempt);
        else await $carpoolFile.finish(attempt.attempt);
      },
      { auto: names === undefined },
    ],
    carpool: hooked
      ? async ({ task }: Owners, use: Use<unknown>) => use(poolsOf(ownedAttempt(task), names))
      : async ({ $carpoolAttempt }: Owners, use: Use<unknown>) => use(poolsOf($carpoolAttempt, names)),
  };
}

function poolsOf({ owner }: OwnedAttempt, names: readonly string[] | undefined): object {
  return sessionPools((pool, options) => owner.register(pool, options), names);
}

function ownedAttempt(task: RunnerTestCase, current = CurrentFile.of(task.file.filepath)): OwnedAttempt {
  return owned(current, current.attemptOf(task));
}

function owned(current: CurrentFile, attempt: Attempt): OwnedAttempt {
  return { current, attempt, owner: current.open(owners).ownerOf(attempt) };
}

interface Owners {
  readonly $carpoolFile: CurrentFile;
  readonly $carpoolAttempt: OwnedAttempt;
  readonly task: RunnerTestCase;
}

type Use<T> = (value: T) => Promise<void>;
