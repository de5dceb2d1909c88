/**
 * The test files of a worker, one after another, and the attempt that is under way. It is what `carpool/shared-worker`
 * and `carpool/coordination` find around them (see `Ambient`).
 *
 *   first test of a file ─▶ opened, shared workers ready ─▶ hooks and tests ─▶ last `afterAll` of the file: closed
 *
 * Modules live as long as the worker and are evaluated between files: there is always something to be found, as is in
 * the process that only collects tests.
 */
import { test as base, type TestInfo, type WorkerInfo } from '@playwright/test';
import { ambientSlot, closeFile, openFile, type Ambient, type FileOwner, type Owner } from 'carpool/client';
import { Attempt, ownerOfFile, ownerOfWorker } from './owners.ts';

/** The file that is open. */
export class TestFile implements Ambient {
  readonly file: FileOwner;
  /** The test that is under way; none in hooks for all tests. */
  attempt: Attempt | undefined;
  readonly #path: string;
  readonly #worker: Owner;
  #refusal: { readonly thrown: unknown } | undefined;

  constructor(path: string, worker: Owner) {
    this.#path = path;
    this.#worker = worker;
    this.file = ownerOfFile(path);
  }

  isOf(path: string): boolean {
    return this.#path === path;
  }

  test(): Owner | undefined {
    return this.attempt;
  }

  worker(): Owner {
    return this.#worker;
  }

  async ready(): Promise<void> {
    await this.file.ready().catch((thrown: unknown) => (this.#refusal = { thrown }));
  }

  /** Each test says why, as each of them may be the only one that runs. */
  throwIfRefused(): void {
    if (this.#refusal !== undefined) throw this.#refusal.thrown;
  }
}

/** Found where no file is open. */
const between: Ambient = {
  file: undefined,
  test: () => undefined,
  worker: () => ownerOfWorker({ workerIndex: Number(process.env['TEST_WORKER_INDEX'] ?? 0) }),
};

/** Modules that are evaluated before the first file is open find it. */
export function announce(): void {
  ambientSlot().ambient ??= between;
}

export class TestFiles {
  readonly #worker: Owner;
  readonly #ending = new WeakSet<Suite>();
  #open: TestFile | undefined;

  constructor(workerInfo: WorkerInfo) {
    this.#worker = ownerOfWorker(workerInfo);
  }

  /** The file of this test, or of this hook. Never rejects. */
  async of(testInfo: TestInfo): Promise<TestFile> {
    if (this.#open?.isOf(testInfo.file) === true) return this.#open;
    // The end of the file before this one was not noticed.
    await this.end();
    const file = new TestFile(testInfo.file, this.#worker);
    this.#open = file;
    const slot = ambientSlot();
    openFile(slot, file);
    this.#endWith(testInfo);
    // A step of its own, if there is something to wait for.
    if (slot.registrations.size === 0) await file.ready();
    else await base.step('carpool: shared workers', () => file.ready());
    return file;
  }

  /** Never rejects. */
  async end(): Promise<void> {
    const file = this.#open;
    if (file === undefined) return;
    this.#open = undefined;
    const closing = closeFile(ambientSlot(), file.file);
    announce();
    await closing;
  }

  /** Playwright has no event for the end of a file, but runs the `afterAll` of its suite as soon as its last test is done. */
  #endWith(testInfo: TestInfo): void {
    const suite = suiteOf(testInfo);
    if (suite === undefined || this.#ending.has(suite)) return;
    this.#ending.add(suite);
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants to see what is needed
    const fn = async ({}: object, info: TestInfo): Promise<void> => {
      info.setTimeout(0);
      const file = this.#open?.file;
      await this.end();
      for (const thrown of file?.failures ?? []) throw thrown;
    };
    const location = { file: testInfo.file, line: 1, column: 1 };
    suite._hooks.push({ type: 'afterAll', title: 'carpool: end of the file', location, fn });
  }
}

/** What of Playwright's suites is relied on. */
interface Suite {
  readonly _type?: unknown;
  readonly _hooks: unknown[];
  readonly parent?: Suite;
}

/** Inside of Playwright, not in its types; where it changes, files end when the next one begins, or with the worker. */
function suiteOf(testInfo: TestInfo): Suite | undefined {
  let suite = (testInfo as { readonly _test?: { readonly parent?: Suite } })._test?.parent;
  while (suite !== undefined && suite._type !== 'file') suite = suite.parent;
  return Array.isArray(suite?._hooks) ? suite : undefined;
}
