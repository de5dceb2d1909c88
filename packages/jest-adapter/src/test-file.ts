/**
 * The tests of one file, and what they hold. Which attempt of which test is running is known from where a call comes
 * from, not from what was started last: concurrent tests run side by side, and a body goes on after its time-out.
 *
 *   run_start ─▶ functions wrapped ─▶ test_fn_start: fixtures made ready ─▶ body ─▶ test_done: evidence, sessions end
 */
import {
  CarpoolError,
  closeFile,
  connectProvided,
  currentTestSlot,
  FileOwner,
  openFile,
  ownerNumber,
  Owner,
  registerSession,
  TestClock,
  unknownFixture,
  workerSession,
  type Client,
  type HeldLease,
  type LockDeclaration,
  type OwnerOptions,
  type Session,
} from 'carpool/adapter/test-process';
import { install, type Bridge, type Definition, type Wanted } from './bridge.ts';
import { around, destructures, everyBlock, isGenerator, nameOf } from './circus.ts';
import type { CircusEvent, CircusState, CircusTest } from './circus.ts';
import { hideFrames, showEvidence } from './evidence.ts';
import { providedFor, version } from './provided.ts';
import { endsClock, running, timeLeft, type Attempt } from './running.ts';

/** Where the tests of a file run. */
export interface TestFileOptions {
  /** The global object of the realm in which its tests run. */
  readonly global: object;
  readonly rootDir: string;
  readonly testPath: string;
  /** Which snapshots Jest writes. */
  readonly updateSnapshot: 'all' | 'new' | 'none';
}

/** One run of a test file, followed by the events of its environment. */
export class TestFile {
  readonly #options: TestFileOptions;
  readonly #file: FileOwner;
  readonly #wanted = new WeakMap<object, Definition>();
  readonly #attempts = new Map<CircusTest, Attempt>();
  /** Whose hooks are running. Concurrent tests have none. */
  #current: CircusTest | undefined;
  #defining: Definition | undefined;
  /** That of the body or the hook that runs. Concurrent tests have their own. */
  #clock: TestClock | undefined;
  /** A generator is running, in which no call knows where it comes from. */
  #generator = false;
  #ending: Promise<void> | undefined;

  constructor(options: TestFileOptions) {
    this.#options = options;
    this.#file = new FileOwner(this.#owned([`${options.testPath} ${ownerNumber()}`]));
  }

  /** Before anything of the file is evaluated: what it imports finds its owners, and the sessions. */
  open(): void {
    const { global, testPath, updateSnapshot } = this.#options;
    install(global, this.bridge());
    const worker = new Owner({ ...this.#owned([]), holder: { test: 'a worker, for all its tests', file: testPath } });
    const test = (): Owner | undefined => {
      const found = running.getStore();
      if (found === undefined && this.#generator) throw new CarpoolError('LEASE_INVALID', inGenerator);
      return found?.attempt?.owner;
    };
    openFile(currentTestSlot(global), {
      file: this.#file,
      test,
      worker: () => worker,
      timeLeft,
      goldens: async () => ({
        file: testPath,
        update: updateSnapshot === 'new' ? 'missing' : updateSnapshot,
        accept: 'Jest with -u',
      }),
    });
  }

  bridge(): Bridge {
    const provided = providedFor(this.#options.rootDir);
    return {
      version,
      pools: provided?.problem === undefined ? provided?.pools : undefined,
      sharedWorkers: provided?.problem === undefined ? provided?.sharedWorkers : undefined,
      locks: provided?.problem === undefined ? provided?.locks : undefined,
      lock: (fixture, declared) => this.#lock(fixture, declared),
      check: async () => void (await this.#connect()),
      defining: (what, define) => {
        this.#defining = what;
        try {
          define();
        } finally {
          this.#defining = undefined;
        }
      },
      session: (wanted) => this.#session(wanted),
      register: (pool, options) => registerSession(currentTestSlot(this.#options.global).currentTest, pool, options),
      unknownFixture: (name) => unknownFixture(name, provided ?? { pools: [] }),
      signal: followed,
    };
  }

  /** Handles what cannot wait: Jest does not await its handlers while tests are defined. */
  notice({ name, test, hook, fn, asyncError }: CircusEvent, state: CircusState): void {
    if (name === 'add_test' && typeof fn === 'function' && this.#defining !== undefined) {
      const { above } = this.#defining;
      this.#wanted.set(fn, this.#defining);
      // Captured anew, not written: Jest gives it a message later.
      if (asyncError !== undefined) Error.captureStackTrace(asyncError, above);
    }
    if (name === 'run_start') this.#wrapAll(state);
    if (name === 'test_start') this.#current = test;
    if (name === 'test_fn_start' || name === 'hook_start') {
      const started = (test ?? hook)?.fn;
      this.#generator = typeof started === 'function' && isGenerator(started);
    }
    // Also of functions that take `done`, which have returned before.
    if (endsClock.has(name)) this.#clock?.end();
    if (name === 'test_done') this.#generator = false;
  }

  /** Handles what Jest awaits, outside the time of the test. */
  async handle({ name, test }: CircusEvent, state: CircusState): Promise<void> {
    if (name === 'run_start') await this.#file.ready().catch((thrown: unknown) => refuseAll(state, thrown));
    if (name === 'run_finish') {
      await this.end();
      state.unhandledErrors.push(...this.#file.failures);
    }
    if (test === undefined) return;
    if (name === 'test_fn_start') await this.#prepare(test);
    if (name === 'test_done') await this.#finish(test);
  }

  /** Never rejects. Called again where the tests of the file have run. */
  end(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    for (const { owner } of this.#attempts.values()) await owner.end();
    await closeFile(currentTestSlot(this.#options.global), this.#file);
  }

  #wrapAll(state: CircusState): void {
    for (const { hooks, children } of everyBlock(state.rootDescribeBlock)) {
      for (const hook of hooks) {
        const ofTest = hook.type === 'beforeEach' || hook.type === 'afterEach';
        around(hook, (call) => {
          const attempt = ofTest && this.#current !== undefined ? this.#attemptOf(this.#current) : undefined;
          const clock = (this.#clock = new TestClock(() => hook.timeout ?? state.testTimeout));
          return running.run({ attempt, clock }, call);
        });
      }
      for (const test of children) if (test.type === 'test') this.#wrap(test, state);
    }
  }

  #wrap(test: CircusTest, state: CircusState): void {
    const wanted = this.#wanted.get(test.fn ?? test);
    if (wanted === undefined && typeof test.fn === 'function' && destructures(test.fn)) {
      test.fn = () => {
        throw new Error(ownTest);
      };
    }
    around(test, (call) => {
      const attempt = this.#attemptOf(test);
      const clock = new TestClock(() => test.timeout ?? state.testTimeout);
      const run = (): unknown => running.run({ attempt, clock }, call);
      if (test.concurrent === true) return this.#concurrently(attempt, run).finally(() => clock.end());
      this.#clock = clock;
      return run();
    });
    if (wanted !== undefined) this.#wanted.set(test, wanted);
  }

  /** Jest 29 is done with a concurrent test long after its body: others may be waiting for its slots. */
  async #concurrently(attempt: Attempt, run: () => unknown): Promise<unknown> {
    let passed = false;
    try {
      const returned = await run();
      passed = true;
      return returned;
    } catch (thrown) {
      attempt.found = await attempt.owner.evidence();
      throw thrown;
    } finally {
      await attempt.owner.end({ passed });
    }
  }

  async #prepare(test: CircusTest): Promise<void> {
    const { wanted = [], locks = [], ready } = this.#wanted.get(test) ?? {};
    await ready?.().catch(() => undefined);
    for (const [name, lock] of locks) await this.#lock(name, lock, this.#attemptOf(test)).catch(() => undefined);
    // Locks before slots. What fails here fails again in the test, where it belongs.
    for (const want of wanted) await this.#session(want, this.#attemptOf(test)).catch(() => undefined);
  }

  async #finish(test: CircusTest): Promise<void> {
    const attempt = this.#attempts.get(test);
    this.#attempts.delete(test);
    hideFrames(test.errors);
    if (test.errors.length > 0 && providedFor(this.#options.rootDir)?.evidence !== false) {
      const own = attempt?.found ?? (await attempt?.owner.evidence()) ?? [];
      showEvidence(test.errors, [...own, ...(await this.#file.evidence())]);
    }
    await attempt?.owner.end({ passed: test.errors.length === 0 && test.failing !== true });
    // One that is meant to fail has done so in its body, or Jest has said that it did not.
    if (test.failing !== true) test.errors.push(...(attempt?.owner.failures ?? []));
  }

  /** @param attempt absent: that of the test which is running */
  async #session({ pool, scope, params }: Wanted, attempt = running.getStore()?.attempt): Promise<Session> {
    const { currentTest } = currentTestSlot(this.#options.global);
    switch (scope) {
      case 'worker':
        return await workerSession(await this.#connect(pool), pool, { timeLeft, params });
      case 'file':
        return await this.#file.session(pool, { params });
      case 'test':
        // Where no test is running, that says so.
        if (attempt === undefined) return await registerSession(currentTest, pool);
        return await attempt.owner.session(pool, { params });
    }
  }

  async #lock(name: string, lock: LockDeclaration, attempt = running.getStore()?.attempt): Promise<HeldLease> {
    if (attempt === undefined) throw new CarpoolError('LEASE_INVALID', `No test is running that could hold "${name}"`);
    return await attempt.owner.leases.declared(name, lock);
  }

  #attemptOf(test: CircusTest): Attempt {
    const known = this.#attempts.get(test);
    if (known !== undefined) return known;
    const options = this.#owned([...this.#file.path, `${ownerNumber()}`], nameOf(test));
    const attempt = { owner: new Owner({ ...options, outer: this.#file }) };
    this.#attempts.set(test, attempt);
    return attempt;
  }

  #owned(path: readonly string[], test?: string): OwnerOptions {
    const { testPath } = this.#options;
    const holder = { file: testPath, ...(test === undefined ? {} : { test }) };
    return { path, holder, timeLeft, connect: (pool) => this.#connect(pool) };
  }

  #connect(pool?: string | false): Client | Promise<Client> {
    const remedy = "add `preset: '@carpool/jest'` to the Jest config, or call its global setup in yours";
    const options = { runner: 'jest', adapter: '@carpool/jest', version, remedy };
    return connectProvided(providedFor(this.#options.rootDir), options, pool);
  }
}

/** Each test says why, as each of them may be the only one that runs. */
function refuseAll(state: CircusState, thrown: unknown): void {
  for (const { children } of everyBlock(state.rootDescribeBlock)) {
    for (const child of children) {
      if (child.type !== 'test') continue;
      child.fn = () => {
        throw thrown;
      };
    }
  }
}

/** Jest gives such a function `done`, and waits until its time is over. */
const ownTest =
  "This test has no fixtures, because it is made by the `test` of Jest; make it by the `test` that `withPools` of '@carpool/jest' returns";

const inGenerator =
  "Cannot tell which test asks: the body of a generator cannot be followed; make it an async function, or write `scope: 'file'`";

/** Node does not accept jsdom's AbortSignal. */
function followed(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const { addEventListener, reason, aborted } = signal as AbortSignal;
  const own = new AbortController();
  if (aborted) own.abort(reason);
  else addEventListener.call(signal, 'abort', () => own.abort((signal as AbortSignal).reason), { once: true });
  return own.signal;
}
