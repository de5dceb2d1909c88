/**
 * The fixtures: a session for every pool, made for the test that asks for it.
 *
 *   worker    $carpoolWorker ◀─ carpoolWorker        $carpoolStart_renderer      the connection; the start of a child
 *                 ▲                                            ▲
 *   test      $carpoolAttempt ◀─ carpool             renderer ─┴─▶ $carpoolAttempt
 *                 ▼
 *   every     $carpoolFile ◀─ $carpoolTest           $carpoolFiles (worker)      what is around a test: see files.ts
 *   test
 *
 * What waits has a clock of its own: neither the start of a child nor the wait for a slot is the test's time. The owner
 * is a fixture that waits for nothing, because Playwright cleans up no fixture whose set-up did not finish.
 */
import type { TestInfo, WorkerInfo } from '@playwright/test';
import type { Config, Lease, LockDeclaration, Session } from 'carpool';
import {
  CarpoolError,
  declaredLease,
  failingAt,
  fromRecord,
  lockOrder,
  providedNames,
  type CallSite,
  reservedNames,
  sessionPools,
  type FixtureNames,
  type FixturePlan,
  type FixtureRunner,
  type Owner,
  type PoolFixtures,
  type SessionPools,
  type SessionScope,
} from 'carpool/adapter/test-process';
import { registerSharedWorker, type SharedWorker } from 'carpool/shared-worker';
import type { EvidenceRule } from './evidence.ts';
import { TestFiles, type TestFile } from './files.ts';
import { Attempt, ownerOfWorker, workersInUse } from './owners.ts';
import { connect, provided } from './provided.ts';

/** What may stand in `use`, for the whole config, a project, a file or a group. */
export interface CarpoolUse {
  /** Milliseconds that a fixture waits for a slot. Default: `registerTimeout` of the pool, 60,000. */
  readonly carpoolTimeout: number | undefined;
  /** When the last messages and the stderr of a test's sessions are attached. Default `on-failure`. */
  readonly carpoolEvidence: EvidenceRule;
}

/** The test fixtures of `withPools`: those of every adapter, and the options of Playwright's own `use`. */
export type TestFixtures<C extends Config> = PoolFixtures<C> & CarpoolUse;

/** For worker fixtures of your own: what is registered there lives as long as the worker. */
export interface WorkerFixtures<C extends Config> {
  readonly carpoolWorker: SessionPools<C>;
}

/** The fixtures by name, as Playwright's `extend` takes them. Nothing is started yet. */
export function carpoolFixtures({ config, names, scopeOf, paramsOf }: FixturePlan): Readonly<Record<string, unknown>> {
  const { pools, sharedWorkers, locks = {} } = names ?? { pools: [], sharedWorkers: [] };
  const starts = pools.map((name) => [startName(name), startFixture(name, config?.pools?.[name]?.helloTimeout)]);
  const sessions = pools.map((name) => [name, sessionFixture(name, scopeOf(name), paramsOf(name))]);
  const workers = sharedWorkers.map((name) => [name, workerFixture(name)]);
  const leases = lockOrder(locks, () => true).map((name) => [name, lockFixture(name, locks[name] ?? 'lock')]);
  return { ...ownFixtures, ...Object.fromEntries([...starts, ...leases, ...sessions, ...workers]) };
}

type Use<T> = (value: T) => Promise<void>;

interface Owners {
  readonly $carpoolFiles: TestFiles;
  readonly $carpoolFile: TestFile;
  readonly $carpoolWorker: Owner;
  readonly $carpoolAttempt: Owner;
}

/** Milliseconds for what happens once in a worker. */
const workerTimeout = 60_000;
/** The pools and their sessions have deadlines of their own, and errors that say more than "timeout". */
const noTimeout = 0;

/** Those that need no name of a pool. */
export const ownFixtures: Readonly<Record<string, unknown>> = {
  carpoolTimeout: [undefined, { option: true }],
  carpoolEvidence: ['on-failure', { option: true }],
  $carpoolWorker: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants to see what is needed
    async ({}, use: Use<Owner>, workerInfo: WorkerInfo) => {
      // What fails here fails again in the fixture of a test, which knows where the test stands.
      await Promise.resolve(connect()).catch(() => undefined);
      const owner = ownerOfWorker(workerInfo);
      workersInUse.add(owner);
      await use(owner);
      workersInUse.delete(owner);
      await owner.end();
      for (const thrown of owner.failures) throw thrown;
    },
    { scope: 'worker', timeout: workerTimeout, title: 'carpool: connection' },
  ],
  carpoolWorker: [
    async ({ $carpoolWorker }: Owners, use: Use<unknown>) =>
      use(sessionPools((pool, options) => $carpoolWorker.register(pool, options))),
    { scope: 'worker', box: true },
  ],
  $carpoolFiles: [
    // oxlint-disable-next-line no-empty-pattern -- as above
    async ({}, use: Use<TestFiles>, workerInfo: WorkerInfo) => {
      const files = new TestFiles(workerInfo);
      await use(files);
      await files.end();
    },
    { scope: 'worker', box: true, timeout: workerTimeout },
  ],
  $carpoolFile: [
    async ({ $carpoolFiles }: Owners, use: Use<TestFile>, testInfo: TestInfo) => use(await $carpoolFiles.of(testInfo)),
    // Not in its types: for hooks for all tests as well, which run before the first test.
    { auto: 'all-hooks-included', box: 'self', timeout: noTimeout, title: 'carpool: file' },
  ],
  $carpoolTest: [
    async ({ $carpoolFile, carpoolEvidence }: Owners & CarpoolUse, use: Use<void>, testInfo: TestInfo) => {
      $carpoolFile.throwIfRefused();
      const attempt = new Attempt($carpoolFile.file, testInfo);
      $carpoolFile.attempt = attempt;
      await use();
      await attempt.finish(carpoolEvidence).finally(() => ($carpoolFile.attempt = undefined));
    },
    { auto: true, box: 'self', timeout: noTimeout, title: 'carpool: test' },
  ],
  $carpoolAttempt: [
    // The connection is charged to its own fixture.
    needing(
      ['$carpoolWorker', '$carpoolFile', 'carpoolEvidence'],
      async ({ $carpoolFile, carpoolEvidence }: Owners & CarpoolUse, use: Use<Owner>, testInfo: TestInfo) => {
        // A hook for all tests has one of its own.
        const attempt = $carpoolFile.attempt ?? new Attempt($carpoolFile.file, testInfo);
        await use(attempt);
        await attempt.finish(carpoolEvidence);
      },
    ),
    { timeout: noTimeout, title: 'carpool: end of the sessions' },
  ],
  carpool: async ({ $carpoolAttempt }: Owners, use: Use<unknown>) =>
    use(sessionPools((pool, options) => $carpoolAttempt.register(pool, options))),
};

const startName = (pool: string): string => `$carpoolStart_${pool}`;

/** How the start of a child has ended. */
interface Started {
  failure: { readonly thrown: unknown } | undefined;
}

/** What the start failed with fails one test; the next one starts a child by itself. */
function checkStarted(given: object, pool: string): void {
  const started = (given as Readonly<Record<string, Started | undefined>>)[startName(pool)];
  const failure = started?.failure;
  if (started === undefined || failure === undefined) return;
  started.failure = undefined;
  throw failure.thrown;
}

/** Where a test stands, for the errors of its fixtures, which no line of it asks for. */
function siteOf({ file, line, column }: TestInfo): CallSite {
  return { stack: `    at ${file}:${line}:${column}` };
}

function startFixture(pool: string, helloTimeout = 0): unknown {
  const timeout = workerTimeout + helloTimeout;
  // Depends on the connection only to have that charged to its own fixture.
  const start = async (_: Owners, use: Use<Started>): Promise<void> => {
    const started: Started = { failure: undefined };
    // It fails in the fixture of a test, which knows where the test stands.
    await Promise.resolve(connect(pool))
      .then((client) => client.start(pool))
      .catch((thrown: unknown) => (started.failure = { thrown }));
    await use(started);
  };
  return [needing(['$carpoolWorker'], start), { scope: 'worker', timeout, title: `carpool: start of ${pool}` }];
}

type Waiting = Owners & CarpoolUse;

function sessionFixture(pool: string, scope: SessionScope, params: unknown): unknown {
  const optionsOf = ({ carpoolTimeout }: CarpoolUse) =>
    carpoolTimeout === undefined ? { params } : { timeout: carpoolTimeout, params };
  switch (scope) {
    case 'test': {
      const session = async (given: Waiting, use: Use<Session>, testInfo: TestInfo): Promise<void> => {
        const taking = async (): Promise<Session> => {
          checkStarted(given, pool);
          return await given.$carpoolAttempt.session(pool, optionsOf(given));
        };
        await use(await failingAt(taking(), siteOf(testInfo)));
      };
      return [needing([startName(pool), '$carpoolAttempt', 'carpoolTimeout'], session), { timeout: noTimeout }];
    }
    case 'file': {
      // Playwright has no such scope: every test has a fixture of its own, and all of them the session of the file.
      const session = async (given: Waiting, use: Use<Session>, testInfo: TestInfo): Promise<void> => {
        const taking = async (): Promise<Session> => {
          checkStarted(given, pool);
          return await given.$carpoolFile.file.session(pool, optionsOf(given));
        };
        await use(await failingAt(taking(), siteOf(testInfo)));
      };
      return [needing([startName(pool), '$carpoolFile', 'carpoolTimeout'], session), { timeout: noTimeout }];
    }
    case 'worker': {
      const session = async (given: Owners, use: Use<Session>): Promise<void> => {
        checkStarted(given, pool);
        await use(await given.$carpoolWorker.session(pool, { params }));
      };
      return [needing([startName(pool), '$carpoolWorker'], session), { scope, timeout: noTimeout }];
    }
  }
}

/** Held until the end of the test. */
function lockFixture(name: string, declared: LockDeclaration): unknown {
  const lease = async ({ $carpoolAttempt }: Owners, use: Use<Lease>, testInfo: TestInfo): Promise<void> => {
    const held = await failingAt($carpoolAttempt.leases.declared(name, declared), siteOf(testInfo));
    await use(declaredLease(name, declared, held));
  };
  return [needing(['$carpoolAttempt'], lease), { timeout: noTimeout }];
}

function workerFixture(name: string): unknown {
  const worker = async (_: Owners, use: Use<SharedWorker.Plugin.Protocol>): Promise<void> => {
    const handle = registerSharedWorker({ name });
    await handle.available;
    await use(handle);
  };
  return [needing(['$carpoolFile'], worker), { timeout: noTimeout }];
}

/** Playwright finds out what a fixture needs by reading its text, in which no name can be a variable. */
function needing<F extends (...args: never[]) => unknown>(names: readonly string[], fixture: F): F {
  return Object.assign(fixture, { toString: () => `async ({ ${names.join(', ')} }, use) => {}` });
}

function namesFromHost(): FixtureNames {
  const from = provided();
  if (from?.problem !== undefined) throw fromRecord(from.problem);
  const names = providedNames(from);
  if (names !== undefined) return names;
  const message =
    "Cannot know the names of the pools: no global setup of Carpool has run. Pass the config itself, `withPools(config)`: with --list, and in the test explorer of an editor, Playwright runs none; else add `globalSetup: '@carpool/playwright/global-setup'` to the Playwright config";
  throw new CarpoolError('HUB_UNREACHABLE', message);
}

/** For `readWithPools`. */
export const runner: FixtureRunner = {
  name: 'Playwright',
  reserved: [...reservedNames.Playwright, ...Object.keys(ownFixtures)],
  namesFromHost,
};
