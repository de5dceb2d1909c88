/** What is in the pipes before anybody reads, and after the writer is gone. */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers';
import type { Clock } from '../base/clock.ts';
import { atMost } from './ladder.ts';

/**
 * Keeps what the child writes until somebody reads. Without it, the first bytes are lost if the reader comes late: at
 * the exit Node resumes every pipe that nobody reads, to be rid of it. A `readable` listener is what stops that, and
 * what goes again when a reader attaches; the pipe then behaves as if nothing had been there.
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
 * Settles when all pipes have ended, or some time after the exit, whichever comes first. Those that have not ended then
 * are destroyed: a descendant holds them open, and would for as long as it lives.
 */
export async function drain(
  readables: readonly Readable[],
  exited: Promise<unknown>,
  { clock, timeout }: { clock: Clock; timeout: number },
): Promise<void> {
  const ended = Promise.all(readables.map((readable) => finished(readable, { writable: false }).catch(() => {})));
  await exited;
  await atMost(timeout, ended, { clock });
  // Timers run before the pipes are read, so after a long pause of this process the deadline may be over and the bytes
  // still there. One read takes all that a pipe can hold.
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (const readable of readables) readable.destroy();
}
