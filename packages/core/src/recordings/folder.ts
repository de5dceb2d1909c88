/** The transcripts of a folder, or one of them, as the books from which the pools of a run are answered. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { relativeFile } from '../replay/recorded-session.ts';
import { ReplayBook, type Recording } from '../replay/replay-book.ts';
import { transcriptFile, type TranscriptFile } from './transcript-file.ts';

/** How their names end. */
const ending = '.transcript.jsonl';

export interface ReplaySource {
  /** The folder or file. */
  readonly place: string;
  /** By the names of the pools that are recorded. */
  readonly books: ReadonlyMap<string, ReplayBook>;
  /** Sentences on what is not as it should be, and hinders nothing. */
  readonly notes: readonly string[];
}

/**
 * @param place the folder, or a file, relative to the current directory
 * @param folder of the project that is tested: files of tests are relative to it
 * @throws CarpoolError NOT_RECORDED: one sentence, with what to do
 */
export async function replaySource(place: string, folder: string): Promise<ReplaySource> {
  const path = resolve(place);
  const files = await Promise.all((await transcriptsIn(path)).map(transcriptFile));
  const recordings = latestOfEach(files);
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
    const names = (await readdir(path)).filter((name) => name.endsWith(ending)).toSorted();
    if (names.length > 0) return names.map((name) => join(path, name));
  } catch (thrown) {
    throw unusable(path, messageOf(thrown));
  }
  throw unusable(path, `there is no file *${ending} in it`);
}

function unusable(path: string, why: string): CarpoolError {
  const message = `Cannot replay ${path}: ${why}. Record a run there, with CARPOOL_TRANSCRIPT=${path} where the programs are installed`;
  return new CarpoolError('NOT_RECORDED', message, { scope: 'run', blame: 'setup', context: { place: path } });
}

/** Of each test the sessions of the last run that has it: a folder may have those of several runs, or of several shards. */
function latestOfEach(files: readonly TranscriptFile[]): Recording[] {
  const latest = new Map<string, { readonly file: TranscriptFile; readonly recordings: Recording[] }>();
  for (const file of files.toSorted((a, b) => a.header.zero - b.header.zero)) {
    for (const recording of file.recordings) {
      const { pool, test, file: of } = recording.head;
      const key = JSON.stringify([pool, of ?? null, test ?? null]);
      const known = latest.get(key);
      if (known?.file === file) known.recordings.push(recording);
      else latest.set(key, { file, recordings: [recording] });
    }
  }
  return [...latest.values()].flatMap(({ recordings }) => recordings);
}
