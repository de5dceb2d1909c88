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
import type { Fixtures, TestInfo, WorkerInfo } from '@playwright/test';
import { CarpoolError, type Config, type PoolNames, type Session, type SessionOf } from 'carpool';
import type { SharedWorkerNames, SharedWorkerOf } from 'carpool';
import {
  fromRecord,
  fixtureNames,
  timeoutWithin,
  checkFixtureNames,
  sessionPools,
  type FixtureNames,
  type Owner,
  type RegisterCall,
  type SessionPools,
} from 'carpool/client';
import { registerSharedWorker, type SharedWorker } from 'carpool/shared-worker';
import type { EvidenceRule } from './evidence.ts';
import { TestFiles, type TestFile } from './files.ts';
import { Attempt, ownerOfWorker } from './owners.ts';
import { connect, provided } from './provided.ts';

/** What may stand in `use`, for the whole config, a project, a file or a group. */
export interface CarpoolUse {
  /** Milliseconds that a fixture waits for a slot. Default: `registerTimeout` of the pool, 60,000. */
  readonly carpoolTimeout: number | undefined;
  /** When the last messages and the stderr of a test's sessions are attached. Default `on-failure`. */
  readonly carpoolEvidence: EvidenceRule;
}

/** One session for every pool by its name, and `carpool` for more; and every shared worker by its name. */
export type TestFixtures<C extends Config> = { readonly [Name in PoolNames<C>]: SessionOf<C, Name> } & {
  readonly [Name in SharedWorkerNames<C>]: SharedWorkerOf<C, Name>;
} & { readonly carpool: SessionPools<C> } & CarpoolUse;

/** For worker fixtures of your own: what is registered there lives as long as the worker. */
export interface WorkerFixtures<C extends Config> {
  readonly carpoolWorker: SessionPools<C>;
}

/** Pools as fixtures. Their names and types come from the config; nothing is started yet. */
// Not under another name: by that of `Fixtures` the compiler finds out what `base.extend` makes of it.
export function carpoolFixtures<C extends Config>(config: C): Fixtures<TestFixtures<C>, WorkerFixtures<C>>;
/** With the type alone the names come from the host: not for `--list` and the test explorers of editors. */
export function carpoolFixtures<C extends Config>(): Fixtures<TestFixtures<C>, WorkerFixtures<C>>;
export function carpoolFixtures(config?: Config): Fixtures {
  const names = config === undefined ? namesFromHost() : fixtureNames(config);
  checkFixtureNames(names, taken, 'Playwright');
  const pools = config?.pools ?? {};
  const starts = names.pools.map((name) => [startName(name), startFixture(name, pools[name]?.helloTimeout)]);
  const sessions = names.pools.map((name) => [name, sessionFixture(name)]);
  const sharedWorkers = names.sharedWorkers.map((name) => [name, workerFixture(name)]);
  return { ...ownFixtures, ...Object.fromEntries([...starts, ...sessions, ...sharedWorkers]) };
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
      await connect();
      const owner = ownerOfWorker(workerInfo);
      await use(owner);
      await owner.end();
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
      await attempt.finish(carpoolEvidence);
      $carpoolFile.attempt = undefined;
    },
    { auto: true, box: 'self', timeout: noTimeout, title: 'carpool: test' },
  ],
  $carpoolAttempt: [
    async (
      { $carpoolWorker, $carpoolFile, carpoolEvidence }: Owners & CarpoolUse,
      use: Use<Owner>,
      testInfo: TestInfo,
    ) => {
      // A hook for all tests has one of its own.
      const attempt = $carpoolFile.attempt ?? new Attempt($carpoolFile.file, testInfo);
      await use(attempt);
      await attempt.finish(carpoolEvidence, [$carpoolWorker]);
    },
    { timeout: noTimeout, title: 'carpool: end of the sessions' },
  ],
  carpool: async ({ $carpoolAttempt }: Owners, use: Use<unknown>, testInfo: TestInfo) => {
    const since = performance.now();
    // For a wait that is on the clock of the test.
    const left = (): number => (testInfo.timeout > 0 ? testInfo.timeout - (performance.now() - since) - 200 : Infinity);
    const register: RegisterCall = (pool, options) =>
      $carpoolAttempt.register(pool, { ...timeoutWithin(left(), 1_000), ...options });
    await use(sessionPools(register));
  },
};

const startName = (pool: string): string => `$carpoolStart_${pool}`;

function startFixture(pool: string, helloTimeout = 0): unknown {
  const timeout = workerTimeout + helloTimeout;
  // Depends on the connection only to have that charged to its own fixture.
  const start = async (_: Owners, use: Use<void>): Promise<void> => {
    await (await connect(pool)).start(pool);
    await use();
  };
  return [needing(['$carpoolWorker'], start), { scope: 'worker', timeout, title: `carpool: start of ${pool}` }];
}

function sessionFixture(pool: string): unknown {
  const session = async ({ $carpoolAttempt, carpoolTimeout }: Owners & CarpoolUse, use: Use<Session>): Promise<void> =>
    use(await $carpoolAttempt.session(pool, carpoolTimeout === undefined ? {} : { timeout: carpoolTimeout }));
  return [needing([startName(pool), '$carpoolAttempt', 'carpoolTimeout'], session), { timeout: noTimeout }];
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
  if (from !== undefined) return { pools: from.pools, sharedWorkers: from.sharedWorkers ?? [] };
  const message =
    "Cannot know the names of the pools: no global setup of Carpool has run. Pass the config itself, `carpoolFixtures(config)`: with --list, and in the test explorer of an editor, Playwright runs none; else add `globalSetup: '@carpool/playwright/global-setup'` to the Playwright config";
  throw new CarpoolError('HUB_UNREACHABLE', message);
}

/** What Playwright itself puts beside the fixtures; its less likely options are left out. */
const taken = new Set(
  'page context browser browserName request playwright baseURL channel headless locale screenshot trace video viewport'
    .split(' ')
    .concat(Object.keys(ownFixtures)),
);
