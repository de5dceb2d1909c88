/**
 * The test file that runs in this worker: its owner, and the attempts of its tests. It is what `carpool/shared-worker`
 * and `carpool/coordination` find around them (see `CurrentTest`), and what the fixtures of `withPools` hang on.
 *
 *   set-up file ─▶ opened ─▶ test file imported ─▶ beforeAll: shared workers ready ─▶ tests ─▶ all holders have left: closed
 *
 * It is found on the global object, not in this module: Vitest may evaluate the module more than once.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  CarpoolError,
  closeFile,
  currentTestSlot,
  FileOwner,
  openFile,
  Owner,
  type CurrentTest,
  type WaitOptions,
} from 'carpool/adapter/test-process';
import type { RunnerTestCase } from 'vitest';
import { Attempt } from './attempt.ts';
import { connect, disconnect } from './connect.ts';
import { version } from './provided.ts';

/** One run of a test file in this worker. */
export class CurrentFile implements CurrentTest {
  readonly file: FileOwner;
  readonly version: string = version;
  readonly #path: string;
  readonly #worker: Owner;
  readonly #attempts = new WeakMap<RunnerTestCase, Attempt>();
  /** The attempt from which a call comes, also among concurrent tests. */
  readonly #running = new AsyncLocalStorage<Attempt>();
  /** The attempt of a call in a hook, for versions of Vitest that put nothing around hooks. */
  readonly #guess: (() => Attempt | undefined) | undefined;
  /** Fixtures of the file outlive its hooks: the last that leaves closes it. */
  #holds = 0;
  #closed: Promise<void> | undefined;

  private constructor(path: string, guess?: (file: CurrentFile) => Attempt | undefined) {
    this.#path = path;
    this.#guess = guess && (() => guess(this));
    // A worker may run a file again, and an owner that has ended stays ended: so its path is random.
    this.file = new FileOwner({ path: [`${path} ${crypto.randomUUID()}`], holder: { file: path }, connect });
    this.#worker = new Owner({ path: [], holder: { test: 'a worker, for all its tests' }, connect });
  }

  /** The file begins. What is left of the one before it, whose hooks did not run, ends first. */
  static async open(path: string, guess?: (file: CurrentFile) => Attempt | undefined): Promise<CurrentFile> {
    await found()?.close();
    const current = new CurrentFile(path, guess);
    openFile(currentTestSlot(), current);
    return current;
  }

  /** The one that the set-up file has opened; without a set-up file, one for the sessions alone. */
  static of(path: string): CurrentFile {
    const current = found();
    // One of another version of this package would hide that there are two.
    return current?.isOf(path) === true && current.version === version ? current : new CurrentFile(path);
  }

  isOf(path: string): boolean {
    return this.#path === path && this.#closed === undefined;
  }

  test(): Attempt | undefined {
    return this.#running.getStore() ?? this.#guess?.();
  }

  worker(): Owner {
    return this.#worker;
  }

  waitOptions(): WaitOptions {
    // Where it is not known which test asks, its time-out is the runner's business.
    return this.#running.getStore()?.waitOptions() ?? {};
  }

  /** An attempt begins. */
  begin(task: RunnerTestCase): Attempt {
    const attempt = new Attempt(task, this.file);
    this.#attempts.set(task, attempt);
    return attempt;
  }

  /** The attempt that is under way. */
  attemptOf(task: RunnerTestCase): Attempt {
    const known = this.#attempts.get(task);
    return known === undefined || known.over ? this.begin(task) : known;
  }

  run<T>(attempt: Attempt, body: () => T): T {
    return this.#running.run(attempt, body);
  }

  hold(): void {
    this.#holds += 1;
  }

  /** @throws what failed at the end of the file, in teardowns that it has registered */
  async leave(): Promise<void> {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    await this.close();
    for (const thrown of this.file.failures) throw thrown;
  }

  /** Never rejects. */
  close(): Promise<void> {
    return (this.#closed ??= closeFile(currentTestSlot(), this.file).then(disconnect));
  }
}

function found(): CurrentFile | undefined {
  const { currentTest } = currentTestSlot();
  // Not by class, as there may be several.
  return currentTest !== undefined && 'attemptOf' in currentTest ? (currentTest as CurrentFile) : undefined;
}

/** The error of a hook of concurrent tests in Vitest 3 and 4.0. */
export function unknownTest(): CarpoolError {
  const message =
    "Cannot tell which of the concurrent tests asks: this version of Vitest does not say so in hooks; write `scope: 'file'`, call it in the body of the test, or use Vitest 4.1 or later";
  return new CarpoolError('LEASE_INVALID', message);
}
