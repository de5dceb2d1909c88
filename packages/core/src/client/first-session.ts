/** A session that is waited for on one host, while it is looked from time to time whether another host has a slot. */
import { Cancellation, eitherOf, type CancelSignal } from '../base/cancellation.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { noop } from '../base/noop.ts';

export interface FirstSession<S> {
  readonly clock: Clock;
  /** Of the caller. */
  readonly signal: CancelSignal | undefined;
  /** Waits in the queue there. What it fails with ends the wait, after the look that goes on then. */
  readonly there: (signal: CancelSignal) => Promise<S>;
  /** Takes a slot where one is free; `undefined`: none is. What it fails with ends the wait. */
  readonly elsewhere: (signal: CancelSignal) => Promise<S | undefined>;
  /** Takes a session that is one too many: both came in one turn. */
  readonly surplus: (session: S) => void;
}

/** Milliseconds between two looks. */
const lookInterval = 1_000;

/** The one that comes first. The wait for the other is cancelled, which gives back what comes of it. */
export function firstSession<S>({ clock, signal, there, elsewhere, surplus }: FirstSession<S>): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const over = new Cancellation();
  const either = signal === undefined ? { signal: over, stop: noop } : eitherOf(signal, over);
  let timer: Timer | undefined;
  let isLooking = false;
  let failure: { readonly thrown: unknown } | undefined;
  const end = (): boolean => {
    if (over.aborted) return false;
    timer?.cancel();
    over.abort(() => new Error('the session was registered on another host'));
    either.stop();
    return true;
  };
  const came = (session: S): void => (end() ? resolve(session) : surplus(session));
  // Of the one that was not first nobody waits for the outcome.
  const failed = (thrown: unknown): void => void (end() && reject(thrown as Error));
  const look = (): void => {
    timer = clock.after(lookInterval, () => {
      isLooking = true;
      elsewhere(either.signal).then((session) => {
        isLooking = false;
        if (session !== undefined) came(session);
        else if (failure !== undefined) failed(failure.thrown);
        else if (!over.aborted) look();
      }, failed);
    });
  };
  there(either.signal).then(came, (thrown: unknown) => {
    failure = { thrown };
    if (!isLooking || signal?.aborted === true) failed(thrown);
  });
  look();
  return promise;
}
