/**
 * The output of one process in a file, both streams in the order in which they came, to be printed as a whole. The file has
 * no name: it is gone with this process, however that ends.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type StreamName = 'stdout' | 'stderr';

/** The stream, and the length of what follows. */
const headBytes = 5;
const streams: readonly StreamName[] = ['stdout', 'stderr'];

export class Spool {
  readonly #file: number;

  /** @param folders the first that allows it. @throws what the system says of the last one */
  constructor(folders: readonly string[]) {
    this.#file = openNameless(folders);
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

function openNameless(folders: readonly string[]): number {
  let failure: unknown;
  for (const folder of folders) {
    const path = join(folder, `carpool-output-${randomBytes(6).toString('hex')}`);
    try {
      const file = openSync(path, 'wx+', 0o600);
      rmSync(path);
      return file;
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw failure;
}
