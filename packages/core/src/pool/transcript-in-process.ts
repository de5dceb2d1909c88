/** The transcript of the pools that this process has itself: one file for all of them. Loaded where one is wanted. */
import type { RecordedPool } from '../base/transcript-keeper.ts';
import { openTranscript } from '../process/open-transcript.ts';
import type { TranscriptFile } from '../process/transcript-file.ts';

let kept: { readonly transcript: TranscriptFile | undefined } | undefined;
const pools = new Map<string, number>();

/** @param name of the pool: one of the same name gets a number */
export function transcriptInProcess(name: string): RecordedPool | undefined {
  const warn = (message: string): void => {
    process.emitWarning(message, 'CarpoolWarning');
  };
  kept ??= { transcript: openTranscript({ root: process.cwd(), warn }) };
  if (kept.transcript === undefined) return undefined;
  const count = (pools.get(name) ?? 0) + 1;
  pools.set(name, count);
  return { transcript: kept.transcript, pool: count === 1 ? name : `${name}#${count}` };
}
