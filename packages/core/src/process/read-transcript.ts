/** Reads a transcript line by line: it may be larger than the memory of this process. */
import { createReadStream } from 'node:fs';
import {
  transcriptHeader,
  transcriptLine,
  type TranscriptEnd,
  type TranscriptEvent,
  type TranscriptHeader,
} from '../base/transcript.ts';

/** Bytes. No message is kept that takes as much. */
const longest = 256 * 1024 * 1024;
const lineFeed = 0x0a;

/** One line of the file, without its line feed. */
export interface TranscriptText {
  readonly text: string;
  readonly event: TranscriptEvent | TranscriptEnd;
}

/** How far a transcript goes, known when it was read to its end. */
export interface TranscriptExtent {
  /** Lines that were read, with the header. */
  readonly lines: number;
  /** What the last line was not written to its end: it was left out. */
  readonly isCut: boolean;
  /** Its last line is there: the process that has written it has ended as it should. */
  readonly isEnded: boolean;
}

/** One transcript. It is read anew with each call. */
export class TranscriptReader {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** @throws Error with half a sentence, or what the system says */
  async header(): Promise<TranscriptHeader> {
    for await (const lines of linesOf(this.file)) {
      const [first] = lines;
      if (first !== undefined) return transcriptHeader(first.text);
    }
    throw new Error('it is empty');
  }

  /**
   * All lines after the header, in batches. A last line without its line feed was not written to its end, and is left out.
   * @throws Error with half a sentence, or what the system says
   */
  async *events(): AsyncGenerator<readonly TranscriptText[], TranscriptExtent, undefined> {
    let [number, isEnded, isCut] = [0, false, false];
    for await (const lines of linesOf(this.file)) {
      const batch: TranscriptText[] = [];
      for (const { text, isWhole } of lines) {
        number++;
        if (number === 1) transcriptHeader(text);
        else if (isWhole) {
          const event = transcriptLine(text, number);
          isEnded = event.e === 'end';
          batch.push({ text, event });
        } else isCut = true;
      }
      if (batch.length > 0) yield batch;
    }
    if (number === 0) throw new Error('it is empty');
    return { lines: number, isCut, isEnded };
  }
}

interface Line {
  readonly text: string;
  readonly isWhole: boolean;
}

async function* linesOf(file: string): AsyncGenerator<readonly Line[], void, undefined> {
  let [begun, length, number]: [Buffer[], number, number] = [[], 0, 1];
  const stream = createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  for await (const chunk of stream) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      const last = chunk.subarray(start, end);
      lines.push({ text: (begun.length === 0 ? last : Buffer.concat([...begun, last])).toString(), isWhole: true });
      number++;
      [begun, length, start] = [[], 0, end + 1];
    }
    if (start < chunk.length) {
      begun.push(chunk.subarray(start));
      length += chunk.length - start;
    }
    if (length > longest) throw new Error(`its line ${number} has more than ${longest / 1024 / 1024} MiB`);
    yield lines;
  }
  if (length > 0) yield [{ text: Buffer.concat(begun).toString(), isWhole: false }];
}
