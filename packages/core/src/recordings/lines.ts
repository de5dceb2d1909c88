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

/** Bytes of a line. No message is kept that takes as much. */
const longest = 256 * 1024 * 1024;

/**
 * In batches. Empty lines are passed over.
 * @throws Error with half a sentence, or what the system says
 */
export async function* linesOf(path: string): AsyncGenerator<readonly Line[], void, undefined> {
  await using file = await open(path, 'r');
  const chunk = Buffer.allocUnsafe(piece);
  let parts: Buffer[] = [];
  let [offset, at, number, begun] = [0, 0, 0, 0];
  const lineOf = (end: Buffer, isLast: boolean): Line => {
    const bytes = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    parts = [];
    begun = 0;
    number++;
    const line = { text: bytes.toString('utf8'), offset, length: bytes.length, number, isLast };
    offset += bytes.length + 1;
    return line;
  };
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, piece, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    const lines: Line[] = [];
    let from = 0;
    for (;;) {
      const end = chunk.subarray(0, bytesRead).indexOf(newline, from);
      if (end < 0) break;
      const line = lineOf(chunk.subarray(from, end), false);
      from = end + 1;
      if (line.length > 0) lines.push(line);
    }
    // The next piece is read into the same bytes.
    if (from < bytesRead) parts.push(Buffer.from(chunk.subarray(from, bytesRead)));
    begun += bytesRead - from;
    if (lines.length > 0) yield lines;
    if (begun > longest) throw new Error(`its line ${number + 1} has more than ${longest / 1024 / 1024} MiB`);
  }
  if (parts.length > 0) yield [lineOf(Buffer.alloc(0), true)];
}

/** @param length bytes */
export async function textAt(file: FileHandle, offset: number, length: number): Promise<string> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytes.toString('utf8', 0, bytesRead);
}
