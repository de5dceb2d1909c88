/** Reads a transcript line by line: it may be larger than the memory of this process. */
import {
  transcriptHeader,
  transcriptLine,
  type TranscriptEnd,
  type TranscriptEvent,
  type TranscriptHeader,
} from '../base/transcript.ts';
import { linesOf } from './lines.ts';

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
    let [lines, isEnded, isCut] = [0, false, false];
    for await (const read of linesOf(this.file)) {
      const batch: TranscriptText[] = [];
      try {
        for (const { text, number, isLast } of read) {
          lines++;
          if (lines === 1) transcriptHeader(text);
          else if (isLast) isCut = true;
          else {
            const event = transcriptLine(text, number);
            isEnded = event.e === 'end';
            batch.push({ text, event });
          }
        }
      } catch (thrown) {
        // What stands before a damaged line is whole.
        if (batch.length > 0) yield batch;
        throw thrown;
      }
      if (batch.length > 0) yield batch;
    }
    if (lines === 0) throw new Error('it is empty');
    return { lines, isCut, isEnded };
  }
}
