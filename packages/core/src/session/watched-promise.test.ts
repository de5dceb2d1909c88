import { expect, test, vi } from 'vitest';
import { settledBy, watchPromise } from './watched-promise.ts';

/** What rejections reach the process, until the test looks. */
function watched(): {
  promise: Promise<unknown>;
  reject: (reason: Error) => void;
  handled: () => void;
  quiet: () => void;
} {
  const { promise, reject } = Promise.withResolvers<unknown>();
  const handled = vi.fn<() => void>();
  const { quiet } = watchPromise(promise, handled);
  return { promise, reject, handled, quiet };
}

test('a handler of the rejection is seen, and a promise that is awaited, or followed, has none', async () => {
  const silent = watched();
  const reading = (async () => await silent.promise)().catch(() => 'failed');
  void silent.promise.then(() => 'followed').catch(() => {});
  void silent.promise.finally(() => {}).catch(() => {});
  expect(silent.handled).toHaveBeenCalledTimes(1); // `finally` passes one to `then`
  silent.quiet();
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
  const { promise, reject, quiet } = watched();
  const derived = promise.then(() => 'never');
  quiet();
  reject(new Error('over'));
  await expect(settledBy(derived)).rejects.toThrow('over');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('it can be followed unnoticed', async () => {
  const { promise, reject, handled } = watched();
  const following = settledBy(promise, undefined, () => 'seen');
  reject(new Error('over'));
  expect(await following).toBe('seen');
  expect(handled).not.toHaveBeenCalled();
});
