/** The promise of a call which its test must await: it has an `OpenCall`, which learns what becomes of it. */
import type { OpenCall } from './open-calls.ts';
import { WatchedPromise } from './watched-promise.ts';

/**
 * A promise of `answer`. That it fails is no unhandled rejection: the end of its test reports it, if nothing uses it.
 * Where that has reported it already, it never settles.
 */
export function watchedCall<T>(answer: Promise<T>, call: OpenCall): Promise<T> {
  const promise = new WatchedPromise<T>((resolve, reject) => {
    answer.then(
      (value) => {
        if (call.given()) resolve(value);
      },
      (reason: unknown) => {
        if (!call.failed(reason)) return;
        promise.quiet();
        reject(reason);
      },
    );
  }, call);
  return promise;
}
