/**
 * Waiting with an end. A signal or a deadline that wins the race does not cancel the work, so the caller says what becomes
 * of a result that comes too late: a session opened after its caller gave up is the classic leak.
 */
import type { CancelSignal } from './cancellation.ts';
import type { Clock, Timer } from './clock.ts';

export interface WaitOptions<T> {
  readonly clock: Clock;
  /** Milliseconds. Absent or infinite: no deadline. */
  readonly timeout?: number | undefined;
  /**
   * The time for which this process is blocked, or stopped, does not count: what has come meanwhile is read first. Default: it
   * counts.
   */
  readonly awake?: boolean | undefined;
  readonly signal?: CancelSignal | undefined;
  /** The error at the deadline. */
  readonly expired: () => Error;
  /** Disposes of a result that comes after the wait has ended. */
  readonly late?: (result: T) => void;
}

/** Rejects with `signal.reason`, with `expired()`, or as `work` does. Removes its listener and timer in every case. */
export function within<T>(work: Promise<T>, options: WaitOptions<T>): Promise<T> {
  const { clock, timeout, awake = false, signal, expired, late } = options;
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
  const timer = limited ? (awake ? afterAwake : after)(clock, timeout, () => finish() && reject(expired())) : undefined;
  work.then(
    (result) => (finish() ? resolve(result) : late?.(result)),
    (error: unknown) => finish() && reject(error as Error),
  );
  if (signal?.aborted === true) aborted();
  else signal?.addEventListener('abort', aborted);
  return promise;
}

/** Parts of a time that is counted while this process gets to run, and those at most that are not counted. */
const turns = 10;

/** A timer that fires late is called before anything is read that has come meanwhile: such a turn does not count. */
function afterAwake(clock: Clock, milliseconds: number, run: () => void): Pick<Timer, 'cancel'> {
  const length = milliseconds / turns;
  let counted = 0;
  let stalls = 0;
  const next = (): Timer => {
    const began = clock.now();
    return clock.after(length, () => {
      if (clock.now() - began >= 2 * length && stalls < turns) stalls++;
      else counted++;
      if (counted === turns) run();
      else timer = next();
    });
  };
  let timer = next();
  return { cancel: () => timer.cancel() };
}

function after(clock: Clock, milliseconds: number, run: () => void): Pick<Timer, 'cancel'> {
  return clock.after(milliseconds, run);
}
