/** The bytes in a pipe before there is a reader, and after the writer is gone. */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers';
import type { Clock } from '../base/clock.ts';
import { waitUpTo } from './stop-ladder.ts';

/**
 * Keeps what the child writes until there is a reader. Without it a late reader loses the first bytes: at the exit Node
 * resumes each pipe that has no reader, to drain it. A `readable` listener prevents that; it is removed when a reader
 * attaches, and the pipe then behaves as if it had never been there.
 */
export function holdUntilRead(readable: Readable): void {
  const hold = (): void => {};
  const release = (event: string | symbol): void => {
    if (event !== 'data' && event !== 'readable') return;
    readable.off('newListener', release);
    readable.off('readable', hold);
  };
  readable.on('readable', hold);
  readable.on('newListener', release);
}

/**
 * Settles when all pipes have ended, or `timeout` after the exit, whichever comes first. Pipes that have not ended by then
 * are destroyed: a descendant holds them open, and would for as long as it lives.
 */
export async function drain(
  readables: readonly Readable[],
  exited: Promise<unknown>,
  { clock, timeout }: { clock: Clock; timeout: number },
): Promise<void> {
  const ended = Promise.all(readables.map((readable) => finished(readable, { writable: false }).catch(() => {})));
  await exited;
  await waitUpTo(timeout, ended, { clock });
  // Timers run before the pipes are read, so after a long pause of this process the deadline may be over and the bytes
  // still there. One read takes all that a pipe can hold.
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (const readable of readables) readable.destroy();
}
