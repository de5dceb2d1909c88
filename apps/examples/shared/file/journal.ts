/** One JSON file that all tests write to. A change reads it first, so only one test at a time may make one. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lock } from 'carpool/coordination';

export const path: string = join(import.meta.dirname, '../.tmp/journal.json');

async function read(): Promise<string[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as string[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** @returns all entries, with the new one at the end */
export async function append(entry: string): Promise<readonly string[]> {
  // Across all workers one test at a time holds the lock. It is released at the end of this function or of the test.
  using _lease = await lock('journal').acquire();
  const entries = [...(await read()), entry];
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(entries));
  return entries;
}
