/**
 * Waiting with an end. A signal or a deadline that wins the race does not cancel the work, so the caller says what becomes
 * of a result that comes too late: a session opened after its caller gave up is the classic leak.
 */
import type { CancelSignal } from './cancellation.ts';
import type { Clock } from './clock.ts';

export interface WaitOptions<T> {
  readonly clock: Clock;
  /** Milliseconds. Absent or infinite: no deadline. */
  readonly timeout?: number | undefined;
  readonly signal?: CancelSignal | undefined;
  /** The error at the deadline. */
  readonly expired: () => Error;
  /** Disposes of a result that comes after the wait has ended. */
  readonly late?: (result: T) => void;
}

/** Rejects with `signal.reason`, with `expired()`, or as `work` does. Removes its listener and timer in every case. */
export function within<T>(work: Promise<T>, options: WaitOptions<T>): Promise<T> {
  const { clock, timeout, signal, expired, late } = options;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let over = false;
  const finish = (): boolean => {
    if (over) return false;
    over = true;
    timer?.cancel();
    signal?.removeEventListener('abort', aborted);
    return true;
  };
  const aborted = (): void => {
    if (finish()) reject(signal?.reason as Error);
  };
  const limited = timeout !== undefined && Number.isFinite(timeout);
  const timer = limited ? clock.after(timeout, () => finish() && reject(expired())) : undefined;
  work.then(
    (result) => (finish() ? resolve(result) : late?.(result)),
    (error: unknown) => finish() && reject(error as Error),
  );
  if (signal?.aborted === true) aborted();
  else signal?.addEventListener('abort', aborted);
  return promise;
}
