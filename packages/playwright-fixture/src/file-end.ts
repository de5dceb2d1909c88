/**
 * Playwright reports the end of a file nowhere, but runs the `afterAll` hooks of its suite as soon as its last test is
 * done, in each worker that ran tests of it. So every file gets one more such hook while it is loaded, and it stays the
 * last. That is inside of Playwright, not in its types; where it is not found, a file ends when the next one begins in
 * its worker, or with the worker.
 */
import { test as base, type TestInfo } from '@playwright/test';

/** The part of Playwright's suites that is relied on. */
interface Suite {
  readonly _type?: unknown;
  readonly _hooks?: unknown[];
  /** The test file, also for tests that a module declares which it imports. */
  readonly _requireFile?: string;
  readonly location?: { readonly file: string };
  readonly parent?: Suite;
}

interface TestType {
  /** Called for whatever a file defines, while it is loaded. */
  _currentSuite(...args: unknown[]): Suite | undefined;
}

/** The file that Playwright evaluates now. Undefined where it evaluates none, or cannot be asked. */
export function loadingFile(): string | undefined {
  try {
    const suite = testTypeOf(base)?._currentSuite(undefined, 'carpool');
    return suite?._requireFile ?? suite?.location?.file;
  } catch {
    return undefined; // it throws where no file is evaluated
  }
}

const done: unique symbol = Symbol.for('carpool.playwright.file-end') as never;

/** Once in each worker. In other processes the hook would change how Playwright groups tests. */
export function atTheEndOfFiles(end: () => Promise<void>): void {
  if (process.env['TEST_WORKER_INDEX'] === undefined) return;
  const type = testTypeOf(base);
  if (type === undefined || done in type) return;
  const { _currentSuite } = type;
  type._currentSuite = function (...args) {
    const suite = _currentSuite.apply(this, args);
    addHook(suite, end);
    return suite;
  };
  Object.defineProperty(type, done, { value: true });
}

function testTypeOf(test: object): TestType | undefined {
  const inside = Object.getOwnPropertySymbols(test).map((symbol) => (test as Record<symbol, unknown>)[symbol]);
  const found = inside.find((value) => typeof (value as Partial<TestType> | null)?._currentSuite === 'function');
  return found === undefined ? undefined : (Object.getPrototypeOf(found) as TestType);
}

function addHook(from: Suite | undefined, end: () => Promise<void>): void {
  let suite = from;
  while (suite !== undefined && suite._type !== 'file') suite = suite.parent;
  const hooks = suite?._hooks;
  if (!Array.isArray(hooks) || Object.hasOwn(hooks, 'push')) return;
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants to see what is needed
  const fn = async ({}: object, testInfo: TestInfo): Promise<void> => {
    // What ends has deadlines of its own.
    testInfo.setTimeout(0);
    attachOnce(testInfo);
    await end();
  };
  const location = { file: suite?.location?.file ?? '', line: 1, column: 1 };
  hooks.push({ type: 'afterAll', title: 'carpool: end of the file', location, fn });
  // Those that the file adds come before it.
  const push = (...added: unknown[]): number => {
    hooks.splice(-1, 0, ...added);
    return hooks.length;
  };
  Object.defineProperty(hooks, 'push', { value: push });
}

/**
 * After each `afterAll` hook Playwright attaches its report of a failed test again, and prints its path again: the hook has
 * the info of the last test. What is attached already is left out.
 */
function attachOnce(testInfo: TestInfo): void {
  const info = testInfo as TestInfo & { _attach?: (...args: unknown[]) => unknown };
  const attach = info._attach;
  if (typeof attach !== 'function') return;
  info._attach = function (...args) {
    const { name, path } = args[0] as { readonly name?: unknown; readonly path?: unknown };
    const isThere = this.attachments.some((one) => path !== undefined && one.path === path && one.name === name);
    return isThere ? undefined : attach.apply(this, args);
  };
}
