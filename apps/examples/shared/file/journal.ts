/** One JSON file that all tests write to. Whoever changes it reads it first, so that only one at a time may do so. */
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
  // One test of all workers has it at a time. The end of this function gives it back, or that of the test, if it is first.
  using _lease = await lock('journal').acquire();
  const entries = [...(await read()), entry];
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(entries));
  return entries;
}
