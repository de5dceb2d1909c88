/** Which of the recordings of a test count, where it was recorded more than once. */
import type { Recording } from '../replay/recorded-session.ts';
import type { RecordedTranscript } from './recorded-transcript.ts';

interface Latest {
  readonly file: object;
  readonly run: number;
  readonly recordings: Recording[];
}

/**
 * Of each test the sessions of the last run that has it: a folder may have the transcripts of several runs, or of several
 * shards, and a transcript those of all runs of a watch mode.
 * @returns those of older files first, and those of one file in the order of their opening
 */
export function latestRuns(files: readonly Pick<RecordedTranscript, 'header' | 'recordings'>[]): Recording[] {
  const latest = new Map<string, Latest>();
  const inOrder = files.toSorted((a, b) => a.header.zero - b.header.zero);
  for (const file of inOrder) {
    for (const recording of file.recordings) {
      const { pool, test, file: of, inRun: run } = recording.head;
      const key = JSON.stringify([pool, of ?? null, test ?? null]);
      const known = latest.get(key);
      if (known?.file !== file || known.run < run) latest.set(key, { file, run, recordings: [recording] });
      // One that was opened ahead may stand before those of the run before.
      else if (known.run === run) known.recordings.push(recording);
    }
  }
  const counting = new Set([...latest.values()].flatMap(({ recordings }) => recordings));
  return inOrder.flatMap(({ recordings }) => recordings.filter((recording) => counting.has(recording)));
}
