/** The files that options name, as they are when a connection is made. */
import { readFile } from 'node:fs/promises';
import { CarpoolError } from 'carpool';
import { textOf } from './text-of.ts';

/** @param option that has the path @param name of the server, for errors @throws CarpoolError REACH_UNAVAILABLE */
export async function contents(path: string | undefined, option: string, name: string): Promise<Buffer | undefined> {
  try {
    return path === undefined ? undefined : await readFile(path);
  } catch (thrown) {
    throw unusable(name, `the file \`${option}\` cannot be read: ${textOf(thrown)}`, thrown);
  }
}

/** @param why a clause */
export function unusable(name: string, why: string, cause?: unknown): CarpoolError {
  return new CarpoolError('REACH_UNAVAILABLE', `Cannot use ${name}: ${why}`, { cause });
}
