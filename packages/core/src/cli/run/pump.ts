/** Passes on what a process prints. */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { systemClock, type Clock } from '../../base/clock.ts';
import { waitUpTo } from '../../process/stop-ladder.ts';
import type { Writing } from './target.ts';

/** Milliseconds without output after the exit: what the process has started may hold the pipe open for as long as it lives. */
const quiet = 500;

export interface PumpOptions {
  /** Settles when the process is gone. */
  readonly exited: Promise<unknown>;
  readonly clock?: Clock | undefined;
}

/**
 * Resolves when all that was printed has been taken. While there is no room the stream is not read, so that the process waits.
 * @throws what `write` throws
 */
export async function pump(
  stream: Readable,
  write: (chunk: Uint8Array) => Writing,
  { exited, clock = systemClock }: PumpOptions,
): Promise<void> {
  let chunks = 0;
  let waiting = false;
  let failure: { readonly thrown: unknown } | undefined;
  stream.on('data', (chunk: Uint8Array) => {
    chunks++;
    try {
      const writing = write(chunk);
      if (writing === 'gone') stream.destroy();
      if (writing === undefined || writing === 'gone') return;
      waiting = true;
      stream.pause();
      void writing.then(() => {
        waiting = false;
        stream.resume();
      });
    } catch (thrown) {
      failure = { thrown };
      stream.destroy();
    }
  });
  let over = false;
  // One that breaks off has ended, too: the exit of the process says why.
  const ended = finished(stream, { writable: false }).then(
    () => (over = true),
    () => (over = true),
  );
  await Promise.race([exited, ended]);
  for (let before = -1; !over && (waiting || chunks !== before);) {
    before = chunks;
    await waitUpTo(quiet, ended, { clock });
  }
  stream.destroy();
  if (failure !== undefined) throw failure.thrown;
}
