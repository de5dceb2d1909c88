/** The transcripts of a folder, or one of them, as the books from which the pools of a run are answered. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CarpoolError } from '../base/errors.ts';
import { fileFault } from '../base/thrown.ts';
import { relativeFile } from '../replay/recorded-session.ts';
import { ReplayBook } from '../replay/replay-book.ts';
import { latestRuns } from './latest-runs.ts';
import { recordedTranscript, type RecordedTranscript } from './recorded-transcript.ts';
import { ending, transcriptsOf } from './transcripts-of.ts';

export interface ReplaySource {
  /** The folder or file. */
  readonly place: string;
  /** By the names of the pools that are recorded. */
  readonly books: ReadonlyMap<string, ReplayBook>;
  /** Sentences on what is not as it should be, and hinders nothing. */
  readonly notes: readonly string[];
}

/**
 * @param place the folder, or a file
 * @param folder of the project that is tested: the place, and files of tests, are relative to it
 * @throws CarpoolError NOT_RECORDED: one sentence, with what to do
 */
export async function replaySource(place: string, folder: string): Promise<ReplaySource> {
  const path = resolve(folder, place);
  const files: RecordedTranscript[] = [];
  // One after another: only one of them is read at a time.
  for (const file of await transcriptsIn(path)) files.push(await recordedTranscript(file));
  const recordings = latestRuns(files);
  if (recordings.length === 0)
    throw unusable(
      path,
      `${files.length === 1 ? 'the transcript there has' : 'the transcripts there have'} no session`,
    );
  const byPool = Map.groupBy(recordings, ({ head }) => head.pool);
  const relative = (file: string): string => relativeFile(file, folder);
  const books = Array.from(
    byPool,
    ([pool, own]) => [pool, new ReplayBook({ pool, place: path, recordings: own, relative })] as const,
  );
  const notes = files
    .filter(({ isCut }) => isCut)
    .map((file) => `${file.path} ends in the middle of a line: what was said after that was not recorded`);
  return { place: path, books: new Map(books), notes };
}

async function transcriptsIn(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const found = await transcriptsOf(path);
    if (found.length > 0) return found;
  } catch (thrown) {
    throw unusable(path, fileFault(thrown, path));
  }
  throw unusable(path, `there is no transcript in it, no *${ending}`);
}

function unusable(path: string, why: string): CarpoolError {
  const message = `Cannot replay ${path}: ${why}. Record a run there, with CARPOOL_TRANSCRIPT=${path} where the programs are installed`;
  return new CarpoolError('NOT_RECORDED', message, { scope: 'run', blame: 'setup', context: { place: path } });
}
