/** Where several processes print: it takes no more than its reader reads, and those that print wait for it. */
import type { Writable } from 'node:stream';

/** What became of a write: nothing to wait for, or when there is room again; or nobody reads any more. */
export type Writing = Promise<void> | 'gone' | undefined;

export class Target {
  readonly #stream: Writable;
  #room: Promise<void> | undefined;
  #makeRoom: () => void = () => {};
  #fault: Error | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('drain', () => this.#makeRoom());
    stream.on('error', (fault: Error) => {
      this.#fault ??= fault;
      this.#makeRoom();
    });
  }

  /** Why it takes nothing more: a file on a full disk. A reader that has gone, as `head` does, is no fault. */
  get fault(): Error | undefined {
    return (this.#fault as NodeJS.ErrnoException | undefined)?.code === 'EPIPE' ? undefined : this.#fault;
  }

  write(chunk: Uint8Array): Writing {
    if (this.#fault !== undefined) return 'gone';
    if (chunk.length === 0 || this.#stream.write(chunk)) return this.#room;
    return (this.#room ??= new Promise((resolve) => {
      this.#makeRoom = () => {
        this.#room = undefined;
        resolve();
      };
    }));
  }
}
