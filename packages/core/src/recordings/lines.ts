/** The lines of a file that may be larger than the memory, each with its place. */
import { open, type FileHandle } from 'node:fs/promises';

export interface Line {
  readonly text: string;
  /** Bytes before it, and of it, without its end. */
  readonly offset: number;
  readonly length: number;
  /** From 1. */
  readonly number: number;
  /** The file ends in it, without a newline. */
  readonly isLast: boolean;
}

const piece = 1024 * 1024;
const newline = 0x0a;

/** Empty lines are passed over. @throws Error as the system says */
export async function* linesOf(path: string): AsyncGenerator<Line, void, undefined> {
  await using file = await open(path, 'r');
  const chunk = Buffer.allocUnsafe(piece);
  let parts: Buffer[] = [];
  let [offset, at, number] = [0, 0, 0];
  const lineOf = (end: Buffer, isLast: boolean): Line => {
    const bytes = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    parts = [];
    number++;
    const line = { text: bytes.toString('utf8'), offset, length: bytes.length, number, isLast };
    offset += bytes.length + 1;
    return line;
  };
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, piece, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    let from = 0;
    for (;;) {
      const end = chunk.subarray(0, bytesRead).indexOf(newline, from);
      if (end < 0) break;
      const line = lineOf(chunk.subarray(from, end), false);
      from = end + 1;
      if (line.length > 0) yield line;
    }
    // The next piece is read into the same bytes.
    if (from < bytesRead) parts.push(Buffer.from(chunk.subarray(from, bytesRead)));
  }
  if (parts.length > 0) yield lineOf(Buffer.alloc(0), true);
}

/** @param length bytes */
export async function textAt(file: FileHandle, offset: number, length: number): Promise<string> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytes.toString('utf8', 0, bytesRead);
}
