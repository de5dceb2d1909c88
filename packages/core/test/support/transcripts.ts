// Transcripts that a test writes by hand.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TranscriptEvent } from '../../src/base/transcript.ts';

/** Of one event, without its time, which counts up, and its session, which is the last one that was opened. */
export type Written = TranscriptEvent extends infer E
  ? E extends TranscriptEvent
    ? Omit<E, 't' | 's' | 'protocol' | 'reason'> & {
        readonly t?: number;
        readonly s?: string;
        readonly reason?: string;
      }
    : never
  : never;

export interface WrittenTranscript extends Disposable {
  readonly folder: string;
  readonly file: string;
}

export const header = {
  carpoolTranscript: 1,
  carpool: '1.0.0',
  runner: 'vitest',
  folder: '/code/shop',
  pid: 4711,
  zero: 1_700_000_000_000,
} as const;

/** The text of a transcript. */
export function transcriptText(events: readonly Written[], head: object = header): string {
  let session = '';
  let opened = 0;
  const lines = events.map((event, at) => {
    if (event.e === 'open' && event.s === undefined) session = `x${++opened}`;
    return JSON.stringify({ t: at * 10, s: session, ...event });
  });
  return `${[JSON.stringify(head), ...lines].join('\n')}\n`;
}

/** In a folder of its own, which is removed at the end. */
export function writeTranscript(text: string, name = 'run.transcript.jsonl'): WrittenTranscript {
  const folder = mkdtempSync(join(tmpdir(), 'transcripts-'));
  const file = join(folder, name);
  writeFileSync(file, text);
  return { folder, file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
