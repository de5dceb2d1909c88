import { expect, test, vi } from 'vitest';
import { OpenCalls, type LeftCalls } from './open-calls.ts';
import { watchedCall } from './watched-call.ts';

const site = { stack: '' };
const reason = new Error('refused');

interface Called {
  readonly promise: Promise<string>;
  readonly give: (value: string) => void;
  readonly fail: (reason: Error) => void;
  /** How many are left of each kind, at the end of its test. */
  readonly left: (passed?: boolean) => Record<keyof LeftCalls, number>;
}

function called(needed?: boolean): Called {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const calls = new OpenCalls();
  const label = needed === undefined ? { what: () => 'lock "x"', site } : { what: () => 'it', site, needed };
  const left = (passed = true): Record<keyof LeftCalls, number> => {
    const { pending, unused, failures } = calls.end(passed);
    return { pending: pending.length, unused: unused.length, failures: failures.length };
  };
  return { promise: watchedCall(promise, calls.add(label)), give: resolve, fail: reject, left };
}

const nothing = { pending: 0, unused: 0, failures: 0 };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one that nothing uses is left, whatever became of it', async () => {
  const [waits, given, failed] = [called(), called(), called()];
  given.give('held');
  failed.fail(reason);
  await settled();
  expect(waits.left()).toEqual({ ...nothing, pending: 1 });
  expect(given.left()).toEqual({ ...nothing, unused: 1 });
  expect(failed.left()).toEqual({ ...nothing, failures: 1 });
});

test.each<[string, (promise: Promise<string>) => unknown]>([
  ['await', async (promise) => await promise],
  ['await in a function that nothing awaits', (promise) => void (async () => await promise)().catch(() => {})],
  ['then', async (promise) => promise.then(() => {}).catch(() => {})],
  ['catch', (promise) => promise.catch(() => {})],
  ['finally', (promise) => promise.finally(() => {}).catch(() => {})],
  ['Promise.all', (promise) => Promise.all([promise, Promise.resolve()])],
  ['Promise.allSettled', (promise) => Promise.allSettled([promise])],
  ['the return of an async function', (promise) => (async () => promise)()],
  ['a resolved promise', (promise) => Promise.resolve(promise).catch(() => {})],
])('%s uses it', async (_, use) => {
  const [given, failed] = [called(), called()];
  const using = [use(given.promise), use(failed.promise)];
  given.give('held');
  failed.fail(reason);
  await Promise.allSettled(using);
  await settled();
  expect(given.left()).toEqual(nothing);
  expect(failed.left()).toEqual(nothing);
});

test('one that waits is left, unless its failure is handled', () => {
  const awaited = called();
  void (async () => await awaited.promise)();
  const followed = called();
  void followed.promise.then(() => {});
  const [caught, raced] = [called(), called()];
  void caught.promise.catch(() => {});
  void Promise.race([raced.promise, Promise.resolve()]);
  expect(awaited.left()).toEqual({ ...nothing, pending: 1 });
  expect(followed.left()).toEqual({ ...nothing, pending: 1 });
  expect(caught.left()).toEqual(nothing);
  expect(raced.left()).toEqual(nothing);
});

test('what is left waiting settles no more, and what follows it fails in no other test', async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  const [first, second] = [called(), called()];
  void first.promise.then(() => unhandled('settled'));
  void (async () => await second.promise)();
  expect([first.left().pending, second.left().pending]).toEqual([1, 1]);
  first.give('too late');
  second.fail(reason);
  await settled();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('one that fails, and that nothing uses, is no unhandled rejection; used later, it is as any promise', async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  const { promise, fail, left } = called();
  fail(reason);
  await settled();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  await expect(promise).rejects.toBe(reason);
  expect(left()).toEqual(nothing);
});

test('where what it gives need not be used, only waiting and failing are mistakes', async () => {
  const [waits, given, failed] = [called(false), called(false), called(false)];
  given.give('computed');
  failed.fail(reason);
  await settled();
  expect([waits.left().pending, given.left().unused]).toEqual([1, 0]);
  expect(failed.left().failures).toBe(1);
  // As at the end of a file, which no test of it may have wanted.
  const other = called(false);
  other.fail(reason);
  await settled();
  expect(other.left(false)).toEqual(nothing);
});

test('where a test was cut short, only what failed is a mistake', async () => {
  const [waits, given, failed] = [called(), called(), called()];
  given.give('held');
  failed.fail(reason);
  await settled();
  expect([waits.left(false), given.left(false)]).toEqual([nothing, nothing]);
  expect(failed.left(false)).toEqual({ ...nothing, failures: 1 });
  waits.give('late');
  expect(await waits.promise).toBe('late');
});
