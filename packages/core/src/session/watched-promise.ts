/**
 * A promise of a user, and whether its caller handles that it fails. `await` is not seen: a promise that is awaited by a test
 * that has ended was awaited by nothing.
 */
import { noop } from '../base/noop.ts';

/** What is known of the promise. */
export interface WatchedPromise {
  /** Fails neither the promise, nor what `then` has derived from it, as an unhandled rejection. */
  quiet(): void;
}

/**
 * Watches whether the caller of `promise` handles that it fails. Its `then` is replaced.
 * @param handled called when a handler of its rejection is given: by `catch`, by `Promise.race`, …
 */
export function watchPromise(promise: Promise<unknown>, handled: () => void): WatchedPromise {
  const derived: Promise<unknown>[] = [];
  const then: Promise<unknown>['then'] = (fulfilled, rejected) => {
    if (typeof rejected === 'function') handled();
    const next = settledBy(promise, fulfilled, rejected);
    derived.push(next);
    return next;
  };
  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  void Object.defineProperty(promise, 'then', { value: then, configurable: true, writable: true });
  return {
    quiet: () => {
      for (const one of [promise, ...derived]) void settledBy(one, undefined, noop);
    },
  };
}

/** As `promise.then`, unnoticed by what watches it. */
export function settledBy<T, A = T, B = never>(
  promise: Promise<T>,
  fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
  rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
): Promise<A | B> {
  return Promise.prototype.then.call(promise, fulfilled as never, rejected) as Promise<A | B>;
}
