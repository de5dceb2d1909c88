/**
 * Files of the values of `once` that are too large for the host's memory and its sockets: the worker that computes writes
 * one, the others read it. They are in the host's private folder and go with it, or with the next run.
 */
import { join } from 'node:path';

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

  remove(file: string): void {
    const { rm } = process.getBuiltinModule('node:fs');
    // If that fails, the file goes with the folder.
    rm(file, { force: true }, () => {});
  }
}
