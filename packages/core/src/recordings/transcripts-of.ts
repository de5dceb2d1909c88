/** The transcripts of a folder, whatever their names: they may have been cut, or renamed. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { laterFirst, runsFirst } from '../base/record-name.ts';
import { textAt } from './lines.ts';

/** How their names end, and those of timelines. */
export const ending = '.jsonl';
/** Bytes in which the first line names its format, and when its process began. */
const headerBegins = 4_096;

/**
 * @returns the paths of those in this folder, that of the last run first; then those of pools in process, likewise
 * @throws Error of the system
 */
export async function transcriptsOf(folder: string): Promise<string[]> {
  const found: { readonly path: string; readonly zero: number }[] = [];
  for (const name of (await readdir(folder)).filter((one) => one.endsWith(ending))) {
    const path = join(folder, name);
    const zero = await zeroOf(path);
    if (zero !== undefined) found.push({ path, zero });
  }
  return found
    .toSorted((a, b) => runsFirst(a.path, b.path) || b.zero - a.zero || laterFirst(a.path, b.path))
    .map(({ path }) => path);
}

/**
 * Undefined: it is no transcript, or there no more. What `carpool report` reads may be beside it, and files that are not
 * lines at all.
 */
async function zeroOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (stats?.isFile() !== true) return undefined;
  await using file = await open(path, 'r');
  const begins = await textAt(file, 0, headerBegins);
  if (!begins.includes('"carpoolTranscript"')) return undefined;
  return Number(/"zero":(\d+(?:\.\d+)?)/.exec(begins)?.[1] ?? 0);
}
