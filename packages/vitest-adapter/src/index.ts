/**
 * `withPools`: Vitest's `test` with a fixture for every pool, which gives each attempt of a test a session of its own.
 *
 *   $carpoolFile ◀── $carpoolAttempt ◀── carpool, renderer, solver, …
 *                 (hidden)
 *
 * The owners are fixtures that wait for nothing; the sessions hang on them. `early.ts` fills them before the test's
 * clock starts, `attempt.ts` says whose they are.
 */
import type { Config, PoolNames, Session, SessionOf, SharedWorkerNames, SharedWorkerOf } from 'carpool';
import { fixtureNames, checkFixtureNames, sessionPools, type FixtureNames, type SessionPools } from 'carpool/client';
import { registerSharedWorker, type SharedWorker } from 'carpool/shared-worker';
import { expect, type RunnerTestCase, type TestAPI } from 'vitest';
import type { Attempt } from './attempt.ts';
import { connect, provided } from './connect.ts';
import { CurrentFile } from './current-file.ts';
import { testWithEarlySetUp, type Prepare } from './early.ts';
import { workerSession } from './worker-session.ts';

export type { RegisterExtraOptions, Provided, SessionPools } from 'carpool/client';
export type { SessionEvidence } from './provided.ts';

/** How long a session of a pool lives. */
export type Scope = 'test' | 'file' | 'worker';

export interface CreateTestOptions<C extends Config> {
  /** Pools whose session is shared by the tests of a file, or of a worker. Default: `test` for all. */
  readonly scope?: { readonly [Name in PoolNames<C>]?: Scope };
}

/** One session for every pool by its name, and `carpool` for more; and every shared worker by its name. */
export type Fixtures<C extends Config> = { readonly [Name in PoolNames<C>]: SessionOf<C, Name> } & {
  readonly [Name in SharedWorkerNames<C>]: SharedWorkerOf<C, Name>;
} & { readonly carpool: SessionPools<C> };

/** `test` with the pools of a config as fixtures. Its names and types come from the config; nothing is started yet. */
export function withPools<C extends Config>(config: C, options?: CreateTestOptions<C>): TestAPI<Fixtures<C>>;
/** The same with the type alone, `withPools<typeof config>()`: the names come from the host. */
export function withPools<C extends Config>(options?: CreateTestOptions<C>): TestAPI<Fixtures<C>>;
export function withPools(
  first?: Config | CreateTestOptions<Config>,
  second?: CreateTestOptions<Config>,
): TestAPI<Fixtures<Config>> {
  const config = first !== undefined && ('pools' in first || 'sharedWorkers' in first) ? first : undefined;
  const { scope = {} } = (config === undefined ? (first as CreateTestOptions<Config>) : second) ?? {};
  const names = config === undefined ? namesFromHost() : fixtureNames(config);
  const { pools, sharedWorkers } = names ?? { pools: [], sharedWorkers: [] };
  checkFixtureNames({ pools, sharedWorkers }, taken, 'Vitest');
  const scopeOf = (name: string): Scope => (scope as Record<string, Scope>)[name] ?? 'test';

  const prepare: Prepare = async (attempt, wanted, signal) => {
    // One after another, always in the order of the config: two tests that want the same two pools cannot hold one each
    // and wait for the other's. What fails here fails again in the fixture, where it belongs.
    for (const name of sharedWorkers) if (wanted.has(name)) await readyWorker(name).catch(() => undefined);
    for (const name of pools) {
      if (!wanted.has(name)) continue;
      const owner = { test: attempt, file: attempt.file, worker: undefined }[scopeOf(name)];
      await (owner?.session(name, signal === undefined ? {} : { signal }) ?? workerSession(name)).catch(
        () => undefined,
      );
    }
  };

  const fixtures = {
    ...ownerFixtures(names?.pools),
    ...Object.fromEntries(pools.map((name) => [name, poolFixture(name, scopeOf(name))])),
    ...Object.fromEntries(sharedWorkers.map((name) => [name, workerFixture(name)])),
  };
  const test = testWithEarlySetUp(prepare).extend(fixtures as never);
  return test as TestAPI<Fixtures<Config>>;
}

/** Vitest finds out what a fixture needs by reading its parameters: they must be destructured where they stand. */
function poolFixture(name: string, scope: Scope): unknown {
  switch (scope) {
    case 'test':
      return async ({ $carpoolAttempt, $carpoolFile, task }: Owners, use: Use<Session>) => {
        // With `sequence.hooks: 'parallel'` Vitest does not wait for a fixture that another hook is setting up, and
        // leaves it undefined: it has been made by then.
        const attempt = $carpoolAttempt ?? $carpoolFile.attemptOf(task);
        return use(await attempt.session(name, attempt.waitOptions));
      };
    case 'file':
      return [
        async ({ $carpoolFile }: Owners, use: Use<Session>) => use(await $carpoolFile.file.session(name)),
        { scope },
      ];
    case 'worker':
      // oxlint-disable-next-line no-empty-pattern
      return [async ({}, use: Use<Session>) => use(await workerSession(name)), { scope }];
  }
}

function workerFixture(name: string): unknown {
  // oxlint-disable-next-line no-empty-pattern
  return async ({}, use: Use<SharedWorker.Plugin.Protocol>) => use(await readyWorker(name));
}

/** Of the file that runs; started when the first test wants it. */
async function readyWorker(name: string): Promise<SharedWorker.Plugin.Protocol> {
  const worker = registerSharedWorker({ name });
  await worker.available;
  return worker;
}

function ownerFixtures(names: readonly string[] | undefined): Record<string, unknown> {
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
      async ({ $carpoolFile, task }: Owners, use: Use<Attempt>) => {
        const attempt = $carpoolFile.attemptOf(task);
        // The type-only form knows no names without a host, and its fixtures would be undefined without a word.
        if (names === undefined) await connect();
        await use(attempt);
        await attempt.end();
      },
      { auto: names === undefined },
    ],
    carpool: async ({ $carpoolAttempt }: Owners, use: Use<unknown>) =>
      use(sessionPools((pool, options) => $carpoolAttempt.register(pool, options), names)),
  };
}

interface Owners {
  readonly $carpoolFile: CurrentFile;
  readonly $carpoolAttempt: Attempt;
  readonly task: RunnerTestCase;
}

type Use<T> = (value: T) => Promise<void>;

/** Undefined where there is nobody to ask, or nothing to be had: then every test says why. */
function namesFromHost(): FixtureNames | undefined {
  const { problem, pools, sharedWorkers = [] } = provided() ?? {};
  return problem === undefined && pools !== undefined ? { pools, sharedWorkers } : undefined;
}

/** What Vitest itself puts beside the fixtures. */
const taken = new Set('task signal expect skip annotate bench onTestFailed onTestFinished carpool'.split(' '));
