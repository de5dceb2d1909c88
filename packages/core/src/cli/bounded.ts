/** Several pieces of work at once, but not all of them. */
import { noop } from '../base/noop.ts';

/**
 * Begins them in their order, at most so many at a time.
 * @returns what each gives, in the same order. Nothing need be there to take what one rejects with
 */
export function bounded<T>(most: number, work: readonly (() => Promise<T>)[]): Promise<T>[] {
  const results = work.map(() => Promise.withResolvers<T>());
  let next = 0;
  const run = async (): Promise<void> => {
    for (let n = next++; n < work.length; n = next++) {
      const begin = work[n] as () => Promise<T>;
      const { promise, resolve } = results[n] as PromiseWithResolvers<T>;
      // What is read later must not be taken for an error that nothing takes.
      promise.catch(noop);
      resolve(Promise.resolve().then(begin));
      await promise.catch(noop);
    }
  };
  for (let runner = 0; runner < Math.min(most, work.length); runner++) void run();
  return results.map(({ promise }) => promise);
}
