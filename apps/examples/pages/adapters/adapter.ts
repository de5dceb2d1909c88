// In every test process. `node --test` gives each test file a process of its own.
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, test as base } from 'node:test';
import type { Config, PoolNames, RegisteredConfig, SessionOf } from 'carpool';
import {
  callSite,
  closeFile,
  connectProvided,
  currentTestSlot,
  evidenceText,
  FileOwner,
  openFile,
  Owner,
  ownerNumber,
  providedNames,
  readWithPools,
  registerSession,
  sessionPools,
  TestClock,
  workerSession,
  type AdapterInfo,
  type Client,
  type FixtureRunner,
  type PoolFixtures,
  type Provided,
  type RegisterInScopeOptions,
  type Session,
  type SessionScope,
  type WithPoolsOptions,
} from 'carpool/adapter/test-process';

const adapter: AdapterInfo = {
  runner: 'node:test',
  adapter: 'carpool-node-test',
  version: '1.0.0',
  remedy: 'add --test-global-setup=global-setup.ts to the command',
};

function provided(): Provided | undefined {
  const text = process.env['CARPOOL_NODE_TEST'];
  return text === undefined ? undefined : (JSON.parse(text) as Provided);
}

// It connects when a test wants something for the first time.
const connect = (pool: string | false): Client | Promise<Client> => connectProvided(provided(), adapter, pool);

// ── A file begins and ends ──

const path = process.argv[1] ?? 'a file';
const file = new FileOwner({ path: [`${path} ${ownerNumber()}`], holder: { file: path }, connect });
const worker = new Owner({ path: [], holder: { file: path }, connect });

interface Attempt {
  readonly owner: Owner;
  readonly clock: TestClock;
}
/** The attempt from which a call comes, also among concurrent tests. */
const running = new AsyncLocalStorage<Attempt>();
const timeLeft = (): number => running.getStore()?.clock.timeLeft() ?? Infinity;

const slot = currentTestSlot();
openFile(slot, {
  file,
  test: () => running.getStore()?.owner,
  worker: () => worker,
  timeLeft,
});
before(() => file.ready());
after(async () => {
  await closeFile(slot, file);
  for (const thrown of file.failures) throw thrown;
});

// ── A test begins and ends ──

type Body<C extends Config> = (fixtures: PoolFixtures<C>) => unknown;
type TestWithPools<C extends Config> = (name: string, body: Body<C>) => void;

const runner: FixtureRunner = {
  name: 'node:test',
  reserved: [],
  namesFromHost: () => providedNames(provided()),
};

export function withPools<C extends Config>(config: C, options?: WithPoolsOptions<C>): TestWithPools<C>;
export function withPools<C extends Config = RegisteredConfig>(options?: WithPoolsOptions<C>): TestWithPools<C>;
export function withPools(
  first?: Config | WithPoolsOptions<Config>,
  second?: WithPoolsOptions<Config>,
): TestWithPools<Config> {
  const { names, scopeOf, paramsOf } = readWithPools(first, second, runner);
  return (name, body) => {
    void base(name, async () => {
      const holder = { file: path, test: name };
      const attemptPath = [...file.path, `${ownerNumber()}`];
      const owner = new Owner({ path: attemptPath, holder, connect, timeLeft, outer: file });
      // node:test has no time-out by default.
      const attempt = { owner, clock: new TestClock(() => Infinity) };
      try {
        await running.run(attempt, async () => {
          const given: Record<string, unknown> = {
            carpool: sessionPools((pool, options) => owner.register(pool, options)),
          };
          // In the order of the config: tests that want the same two pools do not wait for each other.
          for (const pool of names?.pools ?? []) {
            if (!wants(body, pool)) continue;
            given[pool] = await sessionOf(pool, { scope: scopeOf(pool), params: paramsOf(pool) }, owner);
          }
          await body(given as PoolFixtures<Config>);
        });
      } catch (thrown) {
        if (thrown instanceof Error) thrown.message += evidenceText(await owner.evidence(), thrown);
        throw thrown;
      } finally {
        await owner.end();
      }
    });
  };
}

interface Wanted {
  readonly scope: SessionScope;
  readonly params: unknown;
}

async function sessionOf(pool: string, { scope, params }: Wanted, owner: Owner): Promise<Session> {
  switch (scope) {
    case 'test':
      return await owner.session(pool, { params });
    case 'file':
      return await file.session(pool, { params });
    case 'worker':
      return await workerSession(await connect(pool), pool, { timeLeft, params });
  }
}

/** True if the function of a test names the pool among its parameters. */
function wants(body: Body<Config>, pool: string): boolean {
  const parameters = /\{([^}]*)\}/.exec(String(body))?.[1] ?? '';
  return parameters.match(/[\w$]+/g)?.includes(pool) ?? false;
}

export function register<Name extends PoolNames<RegisteredConfig>>(
  pool: Name,
  options: RegisterInScopeOptions = {},
): Promise<SessionOf<RegisteredConfig, Name>> {
  const site = callSite(register);
  const session = registerSession(slot.currentTest, pool, { ...options, site, check: () => connect(pool) });
  return session as Promise<SessionOf<RegisteredConfig, Name>>;
}
