/**
 * The test files of a worker, one after another, and the attempt that is under way. It is what `carpool/shared-worker`
 * and `carpool/coordination` find around them (see `CurrentTest`).
 *
 *   first test of a file ─▶ opened, shared workers ready ─▶ hooks and tests ─▶ last `afterAll` of the file: closed
 *
 * Modules live as long as the worker and are evaluated between files. What they want then belongs to the file that
 * Playwright evaluates, which is opened for it. So there is always something in the slot, also in the process that only
 * collects tests.
 */
import { test as base, type TestInfo, type WorkerInfo } from '@playwright/test';
import {
  closeFile,
  currentTestSlot,
  openFile,
  type CurrentTest,
  type FileOwner,
  type Goldens,
  type Owner,
} from 'carpool/adapter/test-process';
import { atTheEndOfFiles, loadingFile } from './file-end.ts';
import { goldensOf } from './goldens.ts';
import { fileOf } from './file-of.ts';
import { ownerOfFile, ownerOfWorker, type Attempt } from './owners.ts';
import { compareClocks, timeLeftIn } from './time-left.ts';
import { failWhereUnsettled } from './unsettled.ts';

/** The file that is open. */
export class TestFile implements CurrentTest {
  readonly file: FileOwner;
  /** The test that is under way; none in hooks for all tests. */
  attempt: Attempt | undefined;
  /** That of the test or the hook that is under way. */
  testInfo: TestInfo | undefined;
  readonly #path: string;
  readonly #worker: Owner;
  #refusal: { readonly thrown: unknown } | undefined;
  #ended: Promise<void> | undefined;

  constructor(path: string, worker: Owner) {
    this.#path = path;
    this.#worker = worker;
    this.file = ownerOfFile(path);
  }

  isOf(path: string): boolean {
    return this.#path === path && this.#ended === undefined;
  }

  test(): Owner | undefined {
    return this.attempt;
  }

  worker(): Owner {
    return this.#worker;
  }

  timeLeft(): number {
    return timeLeftIn(this.testInfo);
  }

  async goldens(): Promise<Goldens> {
    return goldensOf(base.info());
  }

  async ready(): Promise<void> {
    await this.file.ready().catch((thrown: unknown) => (this.#refusal = { thrown }));
  }

  /** Each test says why, as each of them may be the only one that runs. */
  throwIfRefused(): void {
    if (this.#refusal !== undefined) throw this.#refusal.thrown;
  }

  /** Never rejects. */
  end(): Promise<void> {
    return (this.#ended ??= this.#end());
  }

  async #end(): Promise<void> {
    const closing = closeFile(currentTestSlot(), this.file);
    announce();
    await closing;
  }
}

const workerIndex = process.env['TEST_WORKER_INDEX'];
const thisWorker = (): Owner => ownerOfWorker({ workerIndex: Number(workerIndex ?? 0) });

/** Found where no file is open. */
const between: CurrentTest = {
  file: undefined,
  collects: workerIndex === undefined ? 'Playwright' : undefined,
  test: () => undefined,
  worker: thisWorker,
  timeLeft: () => Infinity,
};

/** Opens the file that Playwright evaluates, before its first test. */
function openLoading(): void {
  const path = loadingFile();
  if (path !== undefined) openFile(currentTestSlot(), new TestFile(path, thisWorker()));
}

/** Modules that are evaluated before the first file is open find it. */
export function announce(): void {
  currentTestSlot().currentTest ??= between;
}

/** @throws what failed at the end of the file, in teardowns that it has registered */
async function endOpenFile(): Promise<void> {
  const { currentTest } = currentTestSlot();
  if (!(currentTest instanceof TestFile)) return;
  await currentTest.end();
  for (const thrown of currentTest.file.failures) throw thrown;
}

announce();
failWhereUnsettled(loadingFile);
if (workerIndex !== undefined) currentTestSlot().open = openLoading;
atTheEndOfFiles(endOpenFile);

/** The test files of one worker. */
export class TestFiles {
  readonly #worker: Owner;
  #open: TestFile | undefined;

  constructor(workerInfo: WorkerInfo) {
    this.#worker = ownerOfWorker(workerInfo);
  }

  /** The file of this test, or of this hook. Never rejects. */
  async of(testInfo: TestInfo): Promise<TestFile> {
    compareClocks(testInfo);
    const path = fileOf(testInfo);
    if (this.#open?.isOf(path) === true) {
      this.#open.testInfo = testInfo;
      return this.#open;
    }
    const slot = currentTestSlot();
    const file = await this.#opened(path);
    file.testInfo = testInfo;
    this.#open = file;
    // A step of its own, if there is something to wait for.
    if (slot.registrations.size === 0) await file.ready();
    else await base.step('carpool: shared workers', () => file.ready());
    return file;
  }

  /** Never rejects. */
  async end(): Promise<void> {
    await this.#open?.end();
  }

  /** The modules of a file may have opened it. What is left of the file before it ends first. */
  async #opened(path: string): Promise<TestFile> {
    const slot = currentTestSlot();
    const { currentTest } = slot;
    if (this.#open !== currentTest) await this.end();
    if (currentTest instanceof TestFile) {
      if (currentTest.isOf(path)) return currentTest;
      await currentTest.end();
    }
    const file = new TestFile(path, this.#worker);
    openFile(slot, file);
    return file;
  }
}
