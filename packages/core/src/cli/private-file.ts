/** Files with what sessions have said, which is the user's alone. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeIfAllowed, statOf } from '../process/files.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A file that only this user may read. It is written beside its place, and put there when it is complete: until then the one
 * that was there stays, and then nothing of it is left, not its mode either. A link stays one. What is no file, such as a
 * pipe, is written to itself.
 */
export class PrivateFile {
  /** Open for writing. It is closed before `commit`. */
  readonly descriptor: number;
  readonly #target: string;
  readonly #part: string | undefined;

  /** @throws what the system says, if it cannot be written there */
  constructor(path: string) {
    const there = statOf(path);
    if (there !== undefined && !there.isFile()) {
      this.#target = path;
      this.descriptor = openSync(path, 'w');
      return;
    }
    this.#target = there === undefined ? path : realpathSync(path);
    this.#part = join(dirname(this.#target), `.carpool-${randomBytes(8).toString('hex')}.part`);
    this.descriptor = openSync(this.#part, 'wx', 0o600);
    for (const name of signals) process.on(name, this.#onSignal);
  }

  /** Puts it in its place. @throws what the system says, if it cannot be put there: `discard` it then */
  commit(): void {
    if (this.#part !== undefined) renameSync(this.#part, this.#target);
    this.#forget();
  }

  /** What was there stays. */
  discard(): void {
    if (this.#part !== undefined) removeIfAllowed(this.#part);
    this.#forget();
  }

  #forget(): void {
    for (const name of signals) process.off(name, this.#onSignal);
  }

  /** What is not complete is not left behind. Then the signal does what it does without us. */
  readonly #onSignal = (name: NodeJS.Signals): void => {
    this.discard();
    process.kill(process.pid, name);
  };
}

/** @throws what the system says, if it cannot be written there: then what was there stays */
export function writePrivately(path: string, content: string): void {
  const file = new PrivateFile(path);
  try {
    try {
      writeFileSync(file.descriptor, content);
    } finally {
      closeSync(file.descriptor);
    }
    file.commit();
  } catch (thrown) {
    file.discard();
    throw thrown;
  }
}
