/** Waits while something is connected to a process that its end would break. */
import type { CancelSignal } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import type { PoolSettings } from './options.ts';

/** Milliseconds between two looks: nothing says when a client has gone. */
const interval = 1_000;

export interface Unused {
  readonly clock: Clock;
  readonly inUse: () => Promise<boolean>;
  /** Ends the wait. */
  readonly signal: CancelSignal;
}

/** Resolves when it is not in use, or `signal` is aborted. */
export async function untilUnused({ clock, inUse, signal }: Unused): Promise<void> {
  while (!signal.aborted && (await inUse())) {
    await new Promise<void>((resolve) => {
      const over = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const timer = clock.after(interval, over);
      timer.unref();
      signal.addEventListener('abort', over);
    });
  }
}

export interface Replacing {
  readonly settings: Pick<PoolSettings, 'sessionsPerChild'>;
  readonly clock: Clock;
  /** The pool ends. */
  readonly signal: CancelSignal;
  readonly cap?: { readonly isWanted: boolean } | undefined;
}

/** What a test has left is not disconnected by the end of a child that is replaced, unless another one waits for that end. */
export async function untilReplaceable(
  child: Pick<Unused, 'inUse'>,
  { settings, clock, signal, cap }: Replacing,
): Promise<void> {
  const awaited = (): boolean => settings.sessionsPerChild === 1 || cap?.isWanted === true;
  await untilUnused({ clock, signal, inUse: async () => !awaited() && (await child.inUse()) });
}
