/**
 * Files of the values of `once` that are too large for the host's memory and its sockets: the worker that computes writes
 * one, the others read it. They are in the host's private folder and go with it, or with the next run.
 */
import { join } from 'node:path';
import { CarpoolError } from '../../base/errors.ts';

export class ValueFiles {
  readonly #folder: string | undefined;
  #numbers = 0;

  /** @param folder absent: large values are refused */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Where the next computing worker may write its value. */
  next(): string | undefined {
    return this.#folder === undefined ? undefined : join(this.#folder, `once-${++this.#numbers}`);
  }

  /** @throws CarpoolError ONCE_FAILED if it is longer than `most` bytes; what the system says */
  async read(file: string, most: number): Promise<Buffer> {
    const { readFile, stat } = process.getBuiltinModule('node:fs').promises;
    const { size } = await stat(file);
    if (size <= most) return await readFile(file);
    const message = `Cannot send a value of \`once\` to another machine: it has ${size} bytes, and ${most} is the limit`;
    throw new CarpoolError('ONCE_FAILED', message, { context: { size, limit: most } });
  }

  /** @returns its file @throws what the system says */
  async write(bytes: Uint8Array): Promise<string | undefined> {
    const file = this.next();
    if (file === undefined) return undefined;
    await process.getBuiltinModule('node:fs').promises.writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
    return file;
  }

  remove(file: string): void {
    const { rm } = process.getBuiltinModule('node:fs');
    // If that fails, the file goes with the folder.
    rm(file, { force: true }, () => {});
  }
}
