/**
 * The test file that runs in this worker, and the attempts of its tests. Every test file pays for what stands here, also
 * those that use nothing of Carpool: so it loads no more of it than where the current test is found, and makes owners when
 * one is wanted, of classes that the caller has loaded.
 *
 *   set-up file ─▶ begun ─▶ test file imported ─▶ beforeAll: shared workers ready ─▶ tests ─▶ all holders have left: closed
 *                     └── an owner is wanted, or was registered for ─▶ opened: see `CurrentTest`
 *
 * It is found on the global object, not in this module: Vitest may evaluate the module more than once.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  closeFile,
  currentTestSlot,
  openFile,
  ownerNumber,
  saveCompileCache,
  type CurrentTest,
  type Goldens,
  type OwnerClasses,
} from 'carpool/adapter/current-test';
import type { FileOwner, Owner, TestClock } from 'carpool/adapter/test-process';
import type { RunnerTestCase } from 'vitest';
import { Attempt } from './attempt.ts';
import { connect, disconnect } from './connect.ts';
import { version } from './provided.ts';
import { startClock, type StartedClock, type Clocks } from './test-time.ts';

/**
 * Makes ready what an attempt of a test wants, before its clock starts. Never rejects: what fails here fails again in the
 * fixture, where it belongs.
 */
export type Prepare = (attempt: Attempt, signal?: AbortSignal) => Promise<void>;

/** What an attempt of a call in a hook may be, in versions of Vitest that put nothing around hooks. */
export type Guess = (file: CurrentFile) => Attempt | undefined;

const key: unique symbol = Symbol.for('carpool.vitest.file') as never;
const home = globalThis as { [key]?: CurrentFile | undefined };

/** What is known of a running function. */
interface Running {
  /** Absent in hooks for all tests. */
  readonly attempt: Attempt | undefined;
  readonly clock: StartedClock | undefined;
  /** The same clock, once something has waited on it. */
  left?: TestClock;
}

/** One run of a test file in this worker. */
export class CurrentFile implements Clocks {
  readonly path: string;
  readonly version: string = version;
  /** What the file and its tests hold, once an owner was wanted. */
  opened: OpenedFile | undefined;
  /** The set-up's hooks follow each attempt from its begin to its end, and run `prepare` before its clock starts. */
  readonly hooked: boolean;
  /** The set-up's hooks finish each attempt, in every version of Vitest. Without a set-up file the fixtures do. */
  finishes = false;
  /** What makes the fixtures of a test ready, for tests that want some. */
  readonly prepare: WeakMap<RunnerTestCase, Prepare> = new WeakMap();
  readonly #attempts = new WeakMap<RunnerTestCase, Attempt>();
  /** The function from which a call comes, also among concurrent tests. */
  readonly #running = new AsyncLocalStorage<Running>();
  readonly #guess: Guess | undefined;
  /** Fixtures of the file outlive its hooks: the last that leaves closes it. */
  #holds = 0;
  #closed: Promise<void> | undefined;

  constructor(path: string, hooked = false, guess?: Guess) {
    this.path = path;
    this.hooked = hooked;
    this.#guess = guess;
  }

  /** The file begins. What is left of the one before it, whose hooks did not run, ends first. */
  static async begin(path: string, hooked: boolean, guess?: Guess): Promise<CurrentFile> {
    await home[key]?.close();
    const current = new CurrentFile(path, hooked, guess);
    current.finishes = true;
    home[key] = current;
    const slot = currentTestSlot();
    slot.open = (owners) => void current.open(owners);
    // A module that lives on from an earlier file has registered for all files.
    const [registration] = slot.registrations;
    if (registration !== undefined) current.open(registration.owners);
    return current;
  }

  /** The one that the set-up file has begun; without a set-up file, one for the sessions alone. */
  static of(path: string): CurrentFile {
    const current = home[key];
    // One of another version of this package would hide that there are two.
    const usable = current?.path === path && current.version === version && !current.over;
    return usable ? current : new CurrentFile(path);
  }

  /** The one that the set-up file has begun, if its hooks follow the attempts. */
  static hooked(): CurrentFile | undefined {
    const current = home[key];
    return current?.hooked === true && current.version === version ? current : undefined;
  }

  /** What it holds. The first call makes it the current test of the realm, if this is the file that the set-up has begun. */
  open(owners: OwnerClasses): OpenedFile {
    if (this.opened === undefined) {
      this.opened = new OpenedFile(this, owners);
      if (home[key] === this) openFile(currentTestSlot(), this.opened);
    }
    return this.opened;
  }

  /** The attempt that makes a call. */
  caller(): Attempt | undefined {
    return this.runningAttempt() ?? this.#guess?.(this);
  }

  /** The same, where it is certain. */
  runningAttempt(): Attempt | undefined {
    return this.#running.getStore()?.attempt;
  }

  /** Milliseconds that a call which is made now may wait, so that it ends before its test or its hook does. */
  timeLeft({ TestClock }: OwnerClasses): number {
    const running = this.#running.getStore();
    // Fixtures of a file are made by the function of a test, and end after it; a server of a hook calls much later.
    if (running?.clock?.over !== false) return Infinity;
    const { timeout, since } = running.clock;
    running.left ??= new TestClock(timeout, { since });
    return running.left.timeLeft();
  }

  /** An attempt begins. */
  beginAttempt(task: RunnerTestCase): Attempt {
    const attempt = new Attempt(task);
    this.#attempts.set(task, attempt);
    return attempt;
  }

  /** The attempt that is under way. */
  attemptOf(task: RunnerTestCase): Attempt {
    const known = this.#attempts.get(task);
    return known === undefined || known.over ? this.beginAttempt(task) : known;
  }

  /** @param clock absent: it is not known when the time of what runs began */
  async run<T>(attempt: Attempt | undefined, body: () => T, clock?: StartedClock): Promise<Awaited<T>> {
    try {
      return await this.#running.run({ attempt, clock }, body);
    } finally {
      if (clock !== undefined) clock.over = true;
    }
  }

  onClock(timeout: () => number, body: () => unknown): unknown {
    return this.run(this.runningAttempt(), body, startClock(timeout));
  }

  /** An attempt ends, and all that it holds. */
  end(attempt: Attempt): Promise<void> {
    return attempt.end(this.opened?.file);
  }

  /** The same, once for each attempt. @throws what its end has brought */
  async finish(attempt: Attempt): Promise<void> {
    await this.end(attempt);
    for (const thrown of attempt.failures) throw thrown;
  }

  /** It is closed, or about to be. */
  get over(): boolean {
    return this.#closed !== undefined;
  }

  hold(): void {
    this.#holds += 1;
  }

  /** @throws what failed at the end of the file, in teardowns that it has registered */
  async leave(): Promise<void> {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    await this.close();
    for (const thrown of this.opened?.file.failures ?? []) throw thrown;
  }

  /** Never rejects. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    if (home[key] === this) currentTestSlot().open = undefined;
    if (this.opened === undefined) return;
    // The worker may be killed now.
    saveCompileCache();
    await closeFile(currentTestSlot(), this.opened.file);
    await disconnect();
  }
}

/** The owners in a test file: what `carpool/shared-worker` and `carpool/coordination` find around its tests. */
export class OpenedFile implements CurrentTest {
  readonly file: FileOwner;
  readonly #current: CurrentFile;
  readonly #owners: OwnerClasses;
  readonly #worker: Owner;

  constructor(current: CurrentFile, owners: OwnerClasses) {
    const { path } = current;
    this.#current = current;
    this.#owners = owners;
    const timeLeft = (): number => this.timeLeft();
    // A worker may run a file again, and an owner that has ended stays ended: each run has a path of its own.
    this.file = new owners.FileOwner({ path: [`${path} ${ownerNumber()}`], holder: { file: path }, connect, timeLeft });
    this.#worker = new owners.Owner({ path: [], holder: { test: 'a worker, for all its tests' }, connect, timeLeft });
  }

  test(): Owner | undefined {
    const attempt = this.#current.caller();
    return attempt && this.ownerOf(attempt);
  }

  worker(): Owner {
    return this.#worker;
  }

  timeLeft(): number {
    return this.#current.timeLeft(this.#owners);
  }

  async goldens(): Promise<Goldens> {
    const task = this.#current.runningAttempt()?.task;
    return (await import('./goldens.ts')).goldensOf(this.#current.path, task);
  }

  /** What an attempt holds. */
  ownerOf(attempt: Attempt): Owner {
    return attempt.ownerIn(this.file, this.#owners, () => this.timeLeft());
  }
}
