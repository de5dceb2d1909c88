/** The output of one process in a file, both streams in the order in which they came, to be printed as a whole. */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';

export type StreamName = 'stdout' | 'stderr';

/** The stream, and the length of what follows. */
const headBytes = 5;
const streams: readonly StreamName[] = ['stdout', 'stderr'];

export class Spool {
  readonly #file: number;

  /** @throws what the system says of the path */
  constructor(path: string) {
    this.#file = openSync(path, 'wx+', 0o600);
  }

  /** @throws what the system says, such as of a full disk */
  append(stream: StreamName, chunk: Uint8Array): void {
    const head = Buffer.alloc(headBytes);
    head.writeUInt8(streams.indexOf(stream));
    head.writeUInt32LE(chunk.length, 1);
    writeFileSync(this.#file, Buffer.concat([head, chunk]));
  }

  /** All that was appended, once. */
  *read(): Generator<readonly [StreamName, Uint8Array]> {
    let at = 0;
    const next = (bytes: number): Buffer | undefined => {
      const buffer = Buffer.alloc(bytes);
      const read = readSync(this.#file, buffer, 0, bytes, at);
      at += read;
      return read < bytes ? undefined : buffer;
    };
    for (;;) {
      const head = next(headBytes);
      const chunk = head && next(head.readUInt32LE(1));
      if (head === undefined || chunk === undefined) return;
      yield [streams[head.readUInt8()] ?? 'stderr', chunk];
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
