/** The transcript of the pools that this process has itself: one file for all of them. Loaded where one is wanted. */
import type { RecordedPool } from '../base/transcript-keeper.ts';
import { openTranscript } from '../process/open-transcript.ts';
import type { TranscriptFile } from '../process/transcript-file.ts';

let kept: { readonly transcript: TranscriptFile | undefined } | undefined;
const pools = new Map<string, number>();

export interface PoolInProcess extends RecordedPool {
  /** To be called when the pool is closed: in Jest, the end of the process comes without a word to what a test has loaded. */
  readonly closed: () => void;
}

/** @param name of the pool: one of the same name gets a number */
export function transcriptInProcess(name: string): PoolInProcess | undefined {
  const warn = (message: string): void => {
    process.emitWarning(message, 'CarpoolWarning');
  };
  kept ??= { transcript: openTranscript({ root: process.cwd(), isOfPools: true, warn }) };
  const { transcript } = kept;
  if (transcript === undefined) return undefined;
  const count = (pools.get(name) ?? 0) + 1;
  pools.set(name, count);
  return { transcript, pool: count === 1 ? name : `${name}#${count}`, closed: () => transcript.flush() };
}
