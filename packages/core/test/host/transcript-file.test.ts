/** What of a transcript is written when, and what finds no room. */

import { readFileSync, write } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import {
  transcriptHeader,
  transcriptLine,
  type TranscriptEnd,
  type TranscriptEvent,
} from '../../src/base/transcript.ts';
import type { OwnEvent } from '../../src/base/transcript-keeper.ts';
import { TranscriptFile, type TranscriptFileOptions } from '../../src/process/transcript-file.ts';
import { FakeClock } from '../support/clock.ts';
import { place } from '../support/pools.ts';

const header = { carpoolTranscript: 1, carpool: '1.2.3', folder: '/code', pid: 1, zero: 0 } as const;

interface Opened {
  readonly transcript: TranscriptFile;
  readonly clock: FakeClock;
  readonly file: string;
  readonly warn: ReturnType<typeof vi.fn<(message: string) => void>>;
}

function opened(options: Partial<TranscriptFileOptions> = {}): Opened {
  const file = join(place().path, 'runs', 'a.transcript.jsonl');
  const [clock, warn] = [new FakeClock(), vi.fn<(message: string) => void>()];
  return { transcript: new TranscriptFile({ file, header, clock, warn, ...options }), clock, file, warn };
}

function lines(file: string): (TranscriptEvent | TranscriptEnd)[] {
  const [first = '', ...rest] = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  expect(transcriptHeader(first)).toEqual(header);
  return rest.map((line, at) => transcriptLine(line, at + 2));
}

/** A message of `size` characters, if there is room. */
function say(transcript: TranscriptFile, size: number): boolean {
  const fits = transcript.takes(size);
  if (fits) transcript.add('s', { e: 'event', m: 'x'.repeat(size) });
  return fits;
}

/** A disk that takes nothing until it is told to. */
class SlowDisk {
  readonly #waiting: (() => void)[] = [];
  /** Writes that the system has done, and told. */
  written = 0;

  readonly write = ((...args: Parameters<typeof write>) => {
    const told = args.at(-1) as (error: Error | null, written: number) => void;
    const done: typeof told = (error, written) => {
      told(error, written);
      this.written++;
    };
    this.#waiting.push(() => (write as (...all: unknown[]) => void)(...args.slice(0, -1), done));
  }) as typeof write;

  get waiting(): number {
    return this.#waiting.length;
  }

  take(): void {
    this.#waiting.shift()?.();
  }
}

test('nothing is written before the first session, and all that was said when it is closed', () => {
  const { transcript, file } = opened();
  transcript.close();
  expect(() => readFileSync(file)).toThrow('ENOENT');
  const other = opened();
  other.transcript.add('s', { e: 'opened', id: 's1' });
  say(other.transcript, 3);
  other.transcript.close();
  other.transcript.close();
  expect(lines(file)).toEqual([
    { t: 1_000, s: 's', e: 'opened', id: 's1' },
    { t: 1_000, s: 's', e: 'event', m: 'xxx' },
    { t: 1_000, e: 'end', dropped: 0 },
  ]);
});

test('what was said is written after half a second, without an end', async () => {
  const { transcript, file, clock } = opened();
  say(transcript, 3);
  clock.pass(499);
  expect(readFileSync(file, 'utf8')).toBe('');
  clock.pass(1);
  await vi.waitFor(() => expect(lines(file)).toHaveLength(1));
  expect(clock.pending).toBe(0);
  transcript.close();
});

test('messages that wait for the disk have a bound: those that find no room are counted, and told', () => {
  const disk = new SlowDisk();
  const { transcript, file } = opened({ queue: 200_000, write: disk.write });
  const kept = Array.from({ length: 10 }, () => say(transcript, 70_000)).filter(Boolean).length;
  expect(kept).toBe(2);
  // Whose a session is, and how it ended, is not left out.
  transcript.add('s', { e: 'closed', dropped: 8 });
  expect(transcript.lacks).toBe(
    `8 messages are not in the transcript of this run, ${file}: they came faster than the disk could take them`,
  );
  transcript.close();
  expect(lines(file).map(({ e }) => e)).toEqual(['event', 'event', 'closed', 'end']);
  expect(lines(file).at(-1)).toMatchObject({ e: 'end', dropped: 8 });
});

test('where the disk is fast enough again, messages are kept again', async () => {
  const disk = new SlowDisk();
  const { transcript, file } = opened({ queue: 150_000, write: disk.write });
  expect([say(transcript, 70_000), say(transcript, 70_000), say(transcript, 70_000)]).toEqual([true, true, false]);
  disk.take();
  await vi.waitFor(() => expect(disk.waiting).toBe(1));
  expect(say(transcript, 70_000)).toBe(true);
  transcript.close();
  expect(lines(file).map(({ e }) => e)).toEqual(['event', 'event', 'event', 'end']);
});

test('what is flushed is there at once, and once, whatever the system is still writing; more follows', async () => {
  const disk = new SlowDisk();
  const { transcript, file } = opened({ queue: 250_000, write: disk.write });
  for (let times = 0; times < 3; times++) say(transcript, 70_000);
  transcript.add('s', { e: 'closed' });
  transcript.flush();
  expect(lines(file).map(({ e }) => e)).toEqual(['event', 'event', 'event', 'closed']);
  // The other two have made room; the first waits for the word of the system.
  expect([say(transcript, 70_000), say(transcript, 70_000)]).toEqual([true, true]);
  disk.take();
  await vi.waitFor(() => expect(disk.waiting).toBe(1));
  disk.take();
  await vi.waitFor(() => expect(disk.written).toBe(2));
  transcript.flush();
  transcript.close();
  expect(lines(file).map(({ e }) => e)).toEqual(['event', 'event', 'event', 'closed', 'event', 'event', 'end']);
});

test('where another one of the same name is there already, it has the next name', () => {
  const [first, second, third] = Array.from({ length: 3 }, () =>
    opened({ another: (number) => join(place().path, 'runs', `a-${number}.transcript.jsonl`) }),
  );
  for (const one of [first, second, third]) one?.transcript.add('s', { e: 'closed' });
  for (const one of [first, second, third]) one?.transcript.close();
  expect([second, third].map((one) => one?.transcript.file)).toEqual(
    [2, 3].map((number) => join(place().path, 'runs', `a-${number}.transcript.jsonl`)),
  );
  for (const one of [first, second, third]) {
    expect(one?.warn).not.toHaveBeenCalled();
    expect(lines(one?.transcript.file ?? '').map(({ e }) => e)).toEqual(['closed', 'end']);
  }
});

test('what the system writes at the moment of the end is there once, be it late', async () => {
  const disk = new SlowDisk();
  const { transcript, file } = opened({ write: disk.write });
  for (let times = 0; times < 3; times++) say(transcript, 70_000);
  transcript.close();
  const before = readFileSync(file, 'utf8');
  disk.take();
  await vi.waitFor(() => expect(disk.written).toBe(1));
  expect(disk.waiting).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(lines(file)).toHaveLength(4);
});

test('what waits is drained when the system has written it, also what came meanwhile', async () => {
  const disk = new SlowDisk();
  const { transcript, file, clock } = opened({ write: disk.write });
  await transcript.drained(3_000);
  say(transcript, 70_000);
  say(transcript, 3);
  let drained = false;
  const over = transcript.drained(3_000).then(() => (drained = true));
  disk.take();
  await vi.waitFor(() => expect(disk.waiting).toBe(1));
  expect(drained).toBe(false);
  disk.take();
  await over;
  expect(clock.pending).toBe(0);
  expect(lines(file).map(({ e }) => e)).toEqual(['event', 'event']);
  transcript.close();
});

test('what waits is drained no longer than it may take, or until it is closed', async () => {
  const disk = new SlowDisk();
  const { transcript, file, clock } = opened({ write: disk.write });
  say(transcript, 70_000);
  const [first, second] = [transcript.drained(3_000), transcript.drained(9_000)];
  clock.pass(3_000);
  await first;
  transcript.close();
  await second;
  expect(clock.pending).toBe(0);
  expect(lines(file).map(({ e }) => e)).toEqual(['event', 'end']);
});

test('a file that is full keeps what is no message', () => {
  const { transcript, file } = opened({ limit: 1024 * 1024 });
  const kept = Array.from({ length: 20 }, () => say(transcript, 100_000)).filter(Boolean).length;
  transcript.add('s', { e: 'closed', dropped: 20 - kept });
  transcript.close();
  expect(kept).toBe(10);
  expect(transcript.lacks).toMatch(/^10 messages are not .*: with 1 MiB it is full$/);
  expect(lines(file).slice(-2)).toMatchObject([{ e: 'closed' }, { e: 'end', dropped: 10 }]);
});

test('a disk that takes no more is told once, and what follows is counted', async () => {
  const failing = ((...args: unknown[]) => {
    const done = args.at(-1) as (error: Error, written: number) => void;
    queueMicrotask(() => done(new Error('ENOSPC: no space left'), 0));
  }) as typeof write;
  const { transcript, warn } = opened({ write: failing });
  say(transcript, 70_000);
  await transcript.drained(3_000);
  await vi.waitFor(() => expect(warn).toHaveBeenCalled());
  expect([say(transcript, 1), say(transcript, 70_000)]).toEqual([false, false]);
  transcript.close();
  expect(warn.mock.calls).toEqual([['the transcript of this run is not kept: ENOSPC: no space left']]);
  expect(transcript.lacks).toMatch(/^2 messages are not .*: it could not be written$/);
});

test('a write that the system does in parts goes on where it ended', async () => {
  const parts = ((descriptor: number, bytes: Buffer, from: number, length: number, at: number, done: () => void) => {
    write(descriptor, bytes, from, Math.min(length, 1_000), at, done);
  }) as unknown as typeof write;
  const { transcript, file } = opened({ write: parts });
  say(transcript, 70_000);
  await vi.waitFor(() => expect(readFileSync(file).length).toBeGreaterThan(70_000));
  transcript.close();
  expect(lines(file)).toHaveLength(2);
});

test('runs of a watch mode are counted by those that have sessions', () => {
  const { transcript } = opened();
  const runs: (number | undefined)[] = [];
  const run = (...events: OwnEvent[]): void => {
    transcript.nextRun();
    for (const event of events) transcript.add('s', event);
    runs.push(transcript.run);
  };
  const opens: OwnEvent = { e: 'open', pool: 'echoes', protocol: 'p' };
  run();
  run(opens);
  run(opens, { e: 'opened', id: 's1' });
  run({ e: 'closed' });
  run({ e: 'taken', test: 'is next' });
  run();
  expect(runs).toEqual([1, 1, 2, 3, 3, 4]);
  transcript.close();
});
