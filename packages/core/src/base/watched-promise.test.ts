import { expect, test, vi } from 'vitest';
import { asWatched, WatchedPromise } from './watched-promise.ts';

/** One promise, and what was reported of it. */
function watched(): {
  promise: WatchedPromise<unknown>;
  reject: (reason: Error) => void;
  used: () => void;
  handled: () => void;
} {
  let reject!: (reason: Error) => void;
  const [used, handled] = [vi.fn<() => void>(), vi.fn<() => void>()];
  const promise = new WatchedPromise((_, fail) => (reject = fail), { used, handled, reported: false });
  return { promise, reject, used, handled };
}

test('a handler of the rejection is seen, and a promise that is awaited, or followed, has none, and is used', async () => {
  const silent = watched();
  const reading = (async () => await silent.promise)().catch(() => 'failed');
  void silent.promise.then(() => 'followed').catch(() => {});
  void silent.promise.finally(() => {}).catch(() => {});
  expect(silent.handled).toHaveBeenCalledTimes(1); // `finally` passes one to `then`
  expect(silent.used).toHaveBeenCalled();
  silent.promise.quietAll();
  silent.reject(new Error('over'));
  expect(await reading).toBe('failed');
});

test.each<[string, (promise: Promise<unknown>) => unknown]>([
  ['catch', (promise) => promise.catch(() => {})],
  ['then', (promise) => promise.then(undefined, () => {})],
  ['Promise.race', (promise) => Promise.race([promise, Promise.resolve('done')])],
  ['Promise.allSettled', (promise) => Promise.allSettled([promise])],
])('%s handles it', (_, handle) => {
  const { promise, handled, reject } = watched();
  void handle(promise);
  expect(handled).toHaveBeenCalledTimes(1);
  reject(new Error('over'));
});

test('what was derived from it is quiet too, where that is asked for', async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  const { promise, reject } = watched();
  const derived = promise.then(() => 'never');
  promise.quietAll();
  reject(new Error('over'));
  await expect(derived).rejects.toThrow('over');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('it can be followed unnoticed', async () => {
  const { promise, reject, used, handled } = watched();
  const seen = Promise.withResolvers<unknown>();
  asWatched(promise)?.peek(undefined, seen.resolve);
  reject(new Error('over'));
  expect(await seen.promise).toEqual(new Error('over'));
  expect(used).not.toHaveBeenCalled();
  expect(handled).not.toHaveBeenCalled();
});

test('no other promise is taken for one', () => {
  expect(asWatched(Promise.resolve())).toBeUndefined();
});
